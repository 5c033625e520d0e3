"""Tests of transfers and application fees."""
