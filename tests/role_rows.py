"""What each kind of role is for, which sensitive things that takes, and what it reaches that is not its own."""

from dataclasses import dataclass, field

from running_sandbox import ACCOUNT_ID

AWS = "arn:aws:{}:us-east-1:" + ACCOUNT_ID + ":"

# Nobody may do these except as `ROWS` says: what changes who may do what, destroys data, code or evidence, moves a
# release past its checks, or reads what is somebody else's.
SENSITIVE = (
    "apigateway:*",
    "application-autoscaling:[!DL]*",
    "budgets:*",
    "cloudformation:*",
    "cloudtrail:*",
    "cloudwatch:Delete*",
    "cloudwatch:DisableAlarmActions",
    "cloudwatch:Put*",
    "cloudwatch:SetAlarmState",
    "codeartifact:Copy*",
    "codeartifact:Delete*",
    "codeartifact:Dispose*",
    "codeartifact:Publish*",
    "codeartifact:Put*",
    "codebuild:CreateProject",
    "codebuild:DeleteProject",
    "codebuild:StartBuild",
    "codebuild:UpdateProject",
    "codecommit:[!GL]*ApprovalRuleTemplate*",
    "codecommit:*PullRequestApprovalRule",
    "codecommit:OverridePullRequestApprovalRules",
    "codecommit:Delete*",
    "codecommit:GitPush",
    "codecommit:MergeBranches*",
    "codecommit:PutFile",
    "codepipeline:Create*",
    "codepipeline:Delete*",
    "codepipeline:DisableStageTransition",
    "codepipeline:EnableStageTransition",
    "codepipeline:OverrideStageCondition",
    "codepipeline:PutApprovalResult",
    "codepipeline:RetryStageExecution",
    "codepipeline:RollbackStage",
    "codepipeline:StartPipelineExecution",
    "codepipeline:StopPipelineExecution",
    "codepipeline:UpdatePipeline",
    "dynamodb:CreateBackup",
    "dynamodb:DeleteBackup",
    "dynamodb:*ResourcePolicy",
    "dynamodb:DeleteTable",
    "dynamodb:Export*",
    "dynamodb:Scan",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "ec2:*",
    "events:[!DL]*",
    "events:DeleteRule",
    "events:DisableRule",
    "iam:*",
    "kms:*",
    "lambda:*Permission",
    "lambda:*Url*",
    "lambda:Create*",
    "lambda:Delete*",
    "lambda:Invoke*",
    "lambda:PutFunctionConcurrency",
    "lambda:UpdateAlias",
    "lambda:UpdateFunction*",
    "logs:Delete*",
    "logs:PutResourcePolicy",
    "logs:PutRetentionPolicy",
    "logs:PutSubscriptionFilter",
    "organizations:*",
    "s3:*Acl",
    "s3:*Bucket*Policy",
    "s3:Delete*",
    "s3:PutBucket*",
    "s3:PutLifecycleConfiguration",
    "secretsmanager:*",
    "sns:*",
    "ssm:Delete*",
    "ssm:GetParametersByPath",
    "ssm:PutParameter",
    "sts:AssumeRole",
)


@dataclass(frozen=True)
class Row:
    """What a kind of role is for, which sensitive actions that takes, and what it reaches that is not its own."""

    can: dict[str, list[str]]
    sensitive: set[str] = field(default_factory=set)
    beyond: dict[str, set[str]] = field(default_factory=dict)


OTHER, PLATFORM, ELSEWHERE = "another service", "platform", "another environment"
PIPELINE_RUNS = {
    "codepipeline:GetPipelineExecution",
    "codepipeline:GetPipelineState",
    "codepipeline:ListActionExecutions",
    "codepipeline:ListPipelineExecutions",
    "codepipeline:StartPipelineExecution",
    "codepipeline:StopPipelineExecution",
}

PIPELINE = Row(
    can={
        AWS.format("codecommit") + "dev-{service}": ["codecommit:GetBranch", "codecommit:UploadArchive"],
        AWS.format("codebuild") + "project/dev-{service}": ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
        f"arn:aws:s3:::{ACCOUNT_ID}-us-east-1-dev-artifacts/dev-{{service}}/source/x": ["s3:GetObject", "s3:PutObject"],
    },
    sensitive={"codebuild:StartBuild"},
    beyond={PLATFORM: {"s3:GetBucketLocation", "s3:GetBucketVersioning"}},
)
BUILD = Row(
    can={
        AWS.format("logs") + "log-group:/aws/codebuild/dev-{service}:log-stream:x": ["logs:PutLogEvents"],
        AWS.format("codeartifact") + "repository/dev/packages": ["codeartifact:ReadFromRepository"],
        AWS.format("codeartifact") + "domain/dev": ["codeartifact:GetAuthorizationToken"],
    },
    beyond={PLATFORM: {"codeartifact:GetAuthorizationToken", "codeartifact:ReadFromRepository"}},
)
PUSH = Row(
    can={AWS.format("codepipeline") + "dev-{service}": ["codepipeline:StartPipelineExecution"]},
    sensitive={"codepipeline:StartPipelineExecution"},
)

DEPLOYER = {
    f"{service}:{action}"
    for service, actions in {
        "apigateway": "DELETE GET PATCH POST PUT UpdateRestApiPolicy",
        "application-autoscaling": "PutScalingPolicy RegisterScalableTarget TagResource UntagResource",
        "cloudwatch": "DeleteAlarms DeleteDashboards PutCompositeAlarm PutDashboard PutMetricAlarm",
        "codebuild": "CreateProject DeleteProject UpdateProject",
        "codecommit": "AssociateApprovalRuleTemplateWithRepository CreateApprovalRuleTemplate"
        " DeleteApprovalRuleTemplate DeleteRepository DisassociateApprovalRuleTemplateFromRepository"
        " UpdateApprovalRuleTemplateContent UpdateApprovalRuleTemplateDescription UpdateApprovalRuleTemplateName",
        "codepipeline": "CreatePipeline DeletePipeline UpdatePipeline",
        "dynamodb": "DeleteTable UpdateContinuousBackups UpdateTable UpdateTimeToLive",
        "events": "DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource",
        # All on roles of services only, and those that give a role more only with the boundary: test_deployer.py.
        "iam": "CreateRole CreateServiceLinkedRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy"
        " ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies PassRole PutRolePermissionsBoundary"
        " PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRoleDescription",
        "lambda": "AddPermission CreateAlias CreateFunction DeleteAlias DeleteFunction DeleteFunctionConcurrency"
        " PutFunctionConcurrency RemovePermission UpdateAlias UpdateFunctionCode UpdateFunctionConfiguration",
        "logs": "DeleteLogGroup DeleteQueryDefinition PutRetentionPolicy",
        "s3": "DeleteObject",  # of a lock
        "ssm": "DeleteParameter PutParameter",
    }.items()
    for action in actions.split()
}

ROWS = {
    "function": Row(
        can={
            AWS.format("dynamodb") + "table/dev-{service}": ["dynamodb:GetItem", "dynamodb:DeleteItem"],
            AWS.format("logs") + "log-group:/aws/lambda/dev-{service}:log-stream:x": ["logs:PutLogEvents"],
        },
        beyond={OTHER: {"ssm:GetParameter"}},  # their URLs, which test_a_function_finds_… narrows
    ),
    "build": Row(
        can=BUILD.can
        | {AWS.format("lambda") + "function:dev-{service}": ["lambda:PublishVersion", "lambda:UpdateFunctionCode"]},
        sensitive={"lambda:UpdateFunctionCode"},
        beyond=BUILD.beyond,
    ),
    "pipeline": Row(
        can=PIPELINE.can
        | {
            AWS.format("lambda") + "function:dev-{service}:live": ["lambda:UpdateAlias"],
            AWS.format("cloudwatch") + "alarm:dev-{service}-read-throttle": ["cloudwatch:DescribeAlarms"],
        },
        sensitive=PIPELINE.sensitive | {"lambda:UpdateAlias"},
        beyond=PIPELINE.beyond,
    ),
    "release": Row(
        can={
            AWS.format("ssm") + "parameter/dev/{service}/url": ["ssm:GetParameter"],
            "arn:aws:apigateway:us-east-1::/restapis/x": ["apigateway:GET", "apigateway:PUT"],
            "arn:aws:apigateway:us-east-1::/restapis/x/deployments": ["apigateway:POST"],
            "arn:aws:apigateway:us-east-1::/restapis/x/stages/live": ["apigateway:PATCH"],
        },
        sensitive={"apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"},
        beyond=BUILD.beyond,
    ),
    "push": PUSH,
    "library build": Row(
        can=BUILD.can
        | {
            AWS.format("codeartifact") + "package/dev/packages/pypi//lambda-lib": ["codeartifact:PublishPackageVersion"]
        },
        sensitive={"codeartifact:PublishPackageVersion"},
        beyond={PLATFORM: {*BUILD.beyond[PLATFORM], "codeartifact:PublishPackageVersion"}},
    ),
    "library pipeline": PIPELINE,
    "library push": PUSH,
    "load-operator": Row(
        can={
            AWS.format("dynamodb") + "table/dev-location": ["dynamodb:DescribeTable"],
            AWS.format("ssm") + "parameter/dev/location/url": ["ssm:GetParameter"],
            AWS.format("execute-api") + "x/live/GET/locations/somebody": ["execute-api:Invoke"],
        },
        beyond={
            OTHER: {
                "cloudwatch:DescribeAlarms",
                "cloudwatch:GetMetricData",
                "dynamodb:DescribeTable",
                "ssm:GetParameter",
            },
            ELSEWHERE: {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"},
        },
    ),
    "api-gateway-logs": Row(
        can={AWS.format("logs") + "log-group:/aws/apigateway/dev-location:log-stream:x": ["logs:PutLogEvents"]},
        beyond={
            owner: {
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:PutLogEvents",
            }
            for owner in (OTHER, PLATFORM, ELSEWHERE)
        },
    ),
    "deployer": Row(
        can={
            AWS.format("lambda") + "function:dev-location": [
                "lambda:CreateFunction",
                "lambda:UpdateFunctionConfiguration",
            ],
            AWS.format("dynamodb") + "table/dev-location": ["dynamodb:CreateTable", "dynamodb:UpdateTable"],
            f"arn:aws:s3:::{ACCOUNT_ID}-us-east-1-dev-state/services/location.tfstate": [
                "s3:GetObject",
                "s3:PutObject",
            ],
        },
        sensitive=DEPLOYER,
        beyond={
            # Lists that AWS authorizes on the whole account, and what has no ARN: saved queries, templates of rules.
            ELSEWHERE: {
                "cloudwatch:DescribeAlarms",
                "codecommit:CreateApprovalRuleTemplate",
                "codecommit:DeleteApprovalRuleTemplate",
                "codecommit:GetApprovalRuleTemplate",
                "codecommit:UpdateApprovalRuleTemplateContent",
                "codecommit:UpdateApprovalRuleTemplateDescription",
                "codecommit:UpdateApprovalRuleTemplateName",
                "logs:DeleteQueryDefinition",
                "logs:DescribeLogGroups",
                "logs:DescribeQueryDefinitions",
                "logs:PutQueryDefinition",
                "ssm:DescribeParameters",
            },
            PLATFORM: {"s3:ListBucket"},
        },
    ),
    "developer": Row(
        can={AWS.format("codecommit") + "dev-{service}": ["codecommit:GitPush", "codecommit:CreatePullRequest"]},
        sensitive={"codecommit:GitPush"},
    ),
    "operator": Row(
        can={
            AWS.format("codepipeline") + "dev-location": ["codepipeline:StartPipelineExecution"],
            AWS.format("codepipeline") + "dev-location/Release": ["codepipeline:DisableStageTransition"],
            AWS.format("lambda") + "function:dev-location": ["lambda:ListVersionsByFunction", "lambda:UpdateAlias"],
        },
        sensitive={
            "codepipeline:DisableStageTransition",
            "codepipeline:EnableStageTransition",
            "codepipeline:RetryStageExecution",
            "codepipeline:StartPipelineExecution",
            "codepipeline:StopPipelineExecution",
            "lambda:UpdateAlias",
        },
        beyond={  # an operator is one of the environment
            OTHER: {
                "cloudwatch:DescribeAlarmHistory",
                "cloudwatch:DescribeAlarms",
                "lambda:GetAlias",
                "lambda:GetFunctionConfiguration",
                "lambda:ListVersionsByFunction",
                "lambda:UpdateAlias",
                *PIPELINE_RUNS,
            },
            PLATFORM: PIPELINE_RUNS,
            ELSEWHERE: {"cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"},
        },
    ),
    "package reader": Row(
        can={AWS.format("codeartifact") + "repository/dev/packages": ["codeartifact:ReadFromRepository"]},
        beyond={
            PLATFORM: {
                "codeartifact:GetAuthorizationToken",
                "codeartifact:GetRepositoryEndpoint",
                "codeartifact:ReadFromRepository",
            }
        },
    ),
}
