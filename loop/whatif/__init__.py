"""What another policy would have asked: the fold again, with recorded data where they exist and the model elsewhere."""

from loop.whatif.changes import KEYS, parse_changes
from loop.whatif.course import Course, Step, Value
from loop.whatif.whatif import WhatIf, what_if

__all__ = ["KEYS", "Course", "Step", "Value", "WhatIf", "parse_changes", "what_if"]
