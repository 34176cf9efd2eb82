import zipfile

import pytest

from sandbox.declaration import Function, InvokePermission
from sandbox.functions import BundleError
from sandbox.functions.bundles import unpack
from sandbox.functions.permissions import permits

API = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5"


def test_a_bundle_is_unpacked_once_for_the_same_content(tmp_path):
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("package/module.py", "VALUE = 1")
    again = tmp_path / "again.zip"
    again.write_bytes(bundle.read_bytes())
    root = unpack(bundle, tmp_path / "bundles")
    assert unpack(again, tmp_path / "bundles") == root
    assert (root / "package" / "module.py").read_text() == "VALUE = 1"
    assert [path.name for path in (tmp_path / "bundles").iterdir()] == [root.name]


def test_files_keep_their_times_so_that_bytecode_stays_valid(tmp_path):
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr(zipfile.ZipInfo("module.py", (2024, 5, 6, 7, 8, 10)), "VALUE = 1")
    module = unpack(bundle, tmp_path / "bundles") / "module.py"
    assert module.stat().st_mtime == 1714979290
    assert module.stat().st_mode & 0o777 == 0o444


def test_a_file_that_is_no_zip_is_refused_and_leaves_nothing(tmp_path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_text("not a zip file")
    with pytest.raises(BundleError, match=r"bundle\.zip"):
        unpack(bundle, tmp_path / "bundles")
    assert list((tmp_path / "bundles").iterdir()) == []


def test_a_damaged_zip_is_refused_and_leaves_nothing(tmp_path):
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m.py", "VALUE = 1\n" * 100)
    data = bytearray(bundle.read_bytes())
    data[38:41] = b"\xff\xff\xff"  # within the compressed member
    bundle.write_bytes(data)
    with pytest.raises(BundleError, match=r"bundle\.zip"):
        unpack(bundle, tmp_path / "bundles")
    assert list((tmp_path / "bundles").iterdir()) == []


def test_a_member_cannot_leave_its_bundle(tmp_path):
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("../../outside.py", "VALUE = 1")
    root = unpack(bundle, tmp_path / "bundles")
    assert [path.relative_to(root).as_posix() for path in root.rglob("*")] == ["outside.py"]
    assert not (tmp_path / "outside.py").exists()


def test_a_missing_bundle_is_refused(tmp_path):
    with pytest.raises(BundleError, match=r"absent\.zip"):
        unpack(tmp_path / "absent.zip", tmp_path / "bundles")


@pytest.mark.parametrize(
    ("permission", "qualifier", "source_arn", "permitted"),
    [
        ({"source_arn": f"{API}/live/*"}, "live", f"{API}/live/GET/users/{{user_id}}", True),
        ({"source_arn": f"{API}/*/*/*"}, "live", f"{API}/live/GET/users", True),
        ({"source_arn": None}, "live", f"{API}/live/GET/users", True),
        ({"source_arn": f"{API}/live/*"}, None, f"{API}/live/GET/users", False),
        ({"source_arn": f"{API}/live/*", "qualifier": None}, "live", f"{API}/live/GET/users", False),
        ({"source_arn": f"{API}/test/*"}, "live", f"{API}/live/GET/users", False),
        ({"source_arn": f"{API}/live/POST/*"}, "live", f"{API}/live/GET/users", False),
        ({"principal": "sns.amazonaws.com"}, "live", f"{API}/live/GET/users", False),
        ({"action": "lambda:GetFunction"}, "live", f"{API}/live/GET/users", False),
    ],
)
def test_a_permission_is_for_one_qualifier_one_service_and_matching_sources(
    tmp_path, permission, qualifier, source_arn, permitted
):
    defaults = {
        "action": "lambda:InvokeFunction",
        "principal": "apigateway.amazonaws.com",
        "qualifier": "live",
        "source_arn": None,
    }
    function = Function(
        name="example",
        arn="arn:aws:lambda:us-east-1:123456789012:function:example",
        role_arn="arn:aws:iam::123456789012:role/example",
        handler="app.handler",
        runtime="python3.13",
        code=tmp_path / "bundle.zip",
        timeout_s=3,
        memory_mb=128,
        environment={},
        reserved_concurrency=None,
        log_group="/aws/lambda/example",
        aliases=("live",),
        permissions=(InvokePermission(**(defaults | permission)),),
    )
    assert permits(function, qualifier, principal="apigateway.amazonaws.com", source_arn=source_arn) is permitted
