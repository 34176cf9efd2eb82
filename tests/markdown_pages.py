"""The repository's Markdown pages as their readers meet them: code, links, headings."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from running_sandbox import ROOT

_BLOCK = re.compile(r"^( *)```[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file, by its path from the repository's root."""

    path: str

    @property
    def file(self) -> Path:
        return ROOT / self.path

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    @property
    def code(self) -> list[str]:
        """Blocks of code, their continued lines made one, and what is written as code within a text."""
        blocks = [body.replace("\\\n", " ") for _, body in _BLOCK.findall(self.text)]
        return blocks + [" ".join(words.split()) for _, words in _INLINE.findall(_BLOCK.sub("", self.text))]

    @property
    def links(self) -> list[str]:
        """Targets of links, those in code left out."""
        return _LINK.findall(_INLINE.sub(" ", _BLOCK.sub("", self.text)))

    @property
    def anchors(self) -> set[str]:
        """What a link to a heading may name, as GitHub makes it of the heading's words."""
        headings = _HEADING.findall(_BLOCK.sub("", self.text))
        spoken = [re.sub(r"\]\([^)]*\)", "", heading).lower() for heading in headings]
        return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in spoken}


def pages() -> list[Page]:
    """Every page of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout.split()
    return [Page(path) for path in sorted(set(listed)) if (ROOT / path).is_file()]
