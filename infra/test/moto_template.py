"""Prints a template as far as moto can make it; on stderr, the types that it cannot.

A resource of such a type is left out, and a text stands for what others and outputs have of it.
moto makes an access point of EFS but knows no ARN of it, and finds no nested stack's template on
loopback, so these are left out too.
"""

import json
import re
import sys

from cfnlint.decode.cfn_yaml import load
from moto.cloudformation.parsing import get_model_map

ACCOUNT = "us-east-1:123456789012"
FILE_SYSTEM = f"arn:aws:s3files:{ACCOUNT}:file-system/fs-0123456789abcdef0"
STANDS_FOR = {
    "AWS::CloudFormation::Stack": "a nested stack",
    "AWS::Lambda::Alias": f"arn:aws:lambda:{ACCOUNT}:function:tandem",
    "AWS::EFS::AccessPoint": f"arn:aws:elasticfilesystem:{ACCOUNT}:access-point/fsap-0123456789abcdef0",
    "AWS::S3Files::FileSystem": FILE_SYSTEM,
    "AWS::S3Files::AccessPoint": f"{FILE_SYSTEM}/access-point/fsap-0123456789abcdef0",
}


def is_made(kind):
    return kind in get_model_map() and kind not in STANDS_FOR


def named(value):
    """The resource that a Ref or GetAtt names, or None."""
    if isinstance(value, dict) and len(value) == 1:
        target = value.get("Ref", value.get("Fn::GetAtt"))
        return target.split(".")[0] if isinstance(target, str) else target and target[0]
    return None


def replaced(value, left_out):
    if named(value) in left_out:
        return left_out[named(value)]
    if isinstance(value, dict):
        return {key: replaced(item, left_out) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, left_out) for item in value]
    if isinstance(value, str):
        return re.sub(
            r"\$\{(\w+)(\.\w+)?}", lambda found: left_out.get(found[1], found[0]), value
        )
    return value


def main(path):
    template = json.loads(json.dumps(load(path)))
    kinds = {name: resource["Type"] for name, resource in template["Resources"].items()}
    left_out = {name: STANDS_FOR.get(kind, kind) for name, kind in kinds.items() if not is_made(kind)}
    for name in left_out:
        print(f"moto: makes no {kinds[name]}, {name} is left out", file=sys.stderr)
        del template["Resources"][name]
    for resource in template["Resources"].values():
        resource.pop("DependsOn", None)
    print(json.dumps(replaced(template, left_out), indent=1))


main(sys.argv[1])
