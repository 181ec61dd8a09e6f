"""Runs scenarios of one client program: `python -P run.py openai MODEL=plain,stream …`, one line of JSON for each on standard output.

`-P` keeps this folder off the path: a program here has the name of the library it uses.
"""

import importlib.util
import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path


class Tries(logging.Handler):
    """Counts the HTTP requests that the library made: their transport writes a line for each answer."""

    count = 0

    def emit(self, record):
        self.count += record.getMessage().startswith("HTTP Request")


def failure(error, tries):
    """What a person sees of an exception."""
    return {
        "class": type(error).__name__,
        "status": getattr(error, "status_code", None),
        "code": getattr(error, "code", None),
        "message": str(getattr(error, "message", error)),
        "tries": tries,
    }


def main():
    warnings.simplefilter("ignore")
    tries = Tries()
    for name in ("httpx", "httpx2"):
        logging.getLogger(name).setLevel(logging.INFO)
        logging.getLogger(name).addHandler(tries)

    client, *jobs = sys.argv[1:]
    spec = importlib.util.spec_from_file_location(f"client_{client}", Path(__file__).parent / f"{client}.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)

    for job in jobs:
        model, _, scenarios = job.rpartition("=")
        model = model or os.environ["BYOKC_MODEL"]
        for scenario in scenarios.split(","):
            line = {"client": f"{client}.py", "model": model, "scenario": scenario}
            tries.count, start = 0, time.monotonic()
            try:
                line |= program.SCENARIOS[scenario](model)
            except Exception as error:
                line["error"] = failure(error, tries.count)
            line["ms"] = round((time.monotonic() - start) * 1000)
            print(json.dumps(line), flush=True)


main()
