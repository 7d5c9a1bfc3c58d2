"""Injects faults into a deployment of its own, one after another: ``make faults``.

Prints one line for each fault: what was injected and how often, what was held against it, and how
many seconds the house took to be green again, unaided. The last line counts those that it survived.
The clock of the machine is never set, and no process is ended but those started here.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.faults import freezing, periodic, poison, postgres, redis, requests, workers
from tests.faults.injecting import NEIGHBOUR, Fault, run
from tests.faults.load import furnish
from tests.faults.reports import hand_in_first
from tests.faults.stage import last_words, open_stage


ROOMS = (workers, freezing, poison, redis, postgres, requests, periodic)
FAULTS: Sequence[Fault] = sorted(
    (fault for room in ROOMS for fault in room.FAULTS), key=lambda one: one.number
)


def main() -> int:
    """Run every fault, or those that are named; 1 when one of them left a trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", help="only the faults of these numbers")
    numbers = parser.parse_args().numbers
    wanted = [one for one in FAULTS if not numbers or one.number in numbers]
    began = time.monotonic()
    with open_stage() as stage:
        furnish(stage, NEIGHBOUR)
        hand_in_first(stage)
        print(f"the stage stands after {time.monotonic() - began:.0f} s", flush=True)
        survived = 0
        for fault in wanted:
            result = run(fault, stage)
            print(result.line, flush=True)
            for problem in result.problems:
                print(f"    NOT GOOD: {problem}", flush=True)
            survived += not result.problems
        if survived < len(wanted):
            print(last_words(stage.home), stage.nursery.said()[-3000:], sep="\n")
    print(f"faults {survived}/{len(wanted)}")
    return 0 if survived == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
