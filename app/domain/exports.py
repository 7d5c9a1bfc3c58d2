"""What can be exported, and how far an export has come."""

from enum import StrEnum


class ExportKind(StrEnum):
    """A workbook that a job can write."""

    PROVINCE_RESULTS = "province_results"


class ExportState(StrEnum):
    """How far an export has come."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
