"""Translates the function's template as CloudFormation does, with the SAM translator, and prints it.

A path stands for what packaging would upload: an object in a bucket takes its place.
"""

import json
import os
import sys

from cfnlint.decode.cfn_yaml import load
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    def load(self):
        return {}


def packaged(template):
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        if not properties.get("CodeUri", "s3://").startswith("s3://"):
            properties["CodeUri"] = "s3://bucket/function.zip"
        if not properties.get("TemplateURL", "http").startswith("http"):
            properties["TemplateURL"] = "https://s3.us-east-1.amazonaws.com/bucket/alarms.yaml"
    return template


os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
source = json.loads(json.dumps(load(sys.argv[1])))
print(json.dumps(transform(packaged(source), {}, NoManagedPolicies()), indent=1))
