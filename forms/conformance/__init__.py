"""Recorded answers of reference engines, run against this one."""
