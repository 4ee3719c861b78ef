"""Modules, tried one by one."""
