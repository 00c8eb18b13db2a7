"""Runs the tests beside this file and counts them in the words that ./test sums up."""

import pathlib
import sys
import unittest


def main() -> int:
    suite = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"# pass {result.testsRun - bad - len(result.skipped)}")
    print(f"# fail {bad}")
    return 0 if result.testsRun and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
