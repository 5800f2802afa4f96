"""Stages that find evidence and change nothing."""
