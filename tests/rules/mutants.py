"""Breaks what mutmut leaves alone in the rules: constants, defaults of classes, properties (docs/mutants.md says how).

Run it in a copy of the repository, where mutmut is installed: `python -m tests.rules.mutants [module …]`. It writes each
broken line into the copy in turn, asks the tests of the rules and prints what they did not notice.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import file_mutation

RULES = Path("certification/requirements/rules")
PYTEST = (sys.executable, "-B", "-m", "pytest", "-xq", "--noconftest", "-p", "no:django", "-p", "no:cacheprovider")
# The quick ones come first; only what they all missed is shown to the slow ones.
ORDER = (
    "schema",
    "csvio",
    "evaluate",
    "exclusions",
    "unmet",
    "remarks",
    "crosswalk",
    "extends",
    "survivors",
    "reasons",
)
LAST = ("vectors", "packs", "properties", "purity", "against_plain")


class _Outside(file_mutation.MutationVisitor):
    """Mutmut's own changes, decorated functions included."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        decorated = isinstance(node, cst.FunctionDef) and node.decorators
        return not decorated and super()._skip_node_and_children(node)


def _broken(source: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, what stood there, what stands there, the whole text; only what lies outside of the functions that mutmut breaks."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = _Outside(file_mutation.mutation_operators, file_mutation.get_ignored_lines("", source, wrapper, None))
    module = wrapper.visit(visitor)
    places = wrapper.resolve(PositionProvider)
    for one in visitor.mutations:
        around = one.contained_by_top_level_function
        if isinstance(around, cst.FunctionDef):
            names = [module.code_for_node(decorator.decorator) for decorator in around.decorators]
            if names in ([], ["staticmethod"]):
                continue
        old, new = module.code_for_node(one.original_node), module.code_for_node(one.mutated_node)
        line = places[one.original_node].start.line if one.original_node in places else 0
        yield line, old.strip(), new.strip(), module.deep_replace(one.original_node, one.mutated_node).code


def _noticed() -> bool:
    """Whether a test fails."""
    for names in (ORDER, LAST):
        files = [f"tests/rules/test_{name}.py" for name in names]
        if subprocess.run([*PYTEST, *files], check=False, capture_output=True, timeout=300).returncode:
            return True
    return False


def main(wanted: list[str]) -> None:
    """Break, ask, mend; a line for each that nobody noticed and one for each module."""
    for path in sorted(RULES.glob("[!_]*.py")):
        if wanted and path.stem not in wanted:
            continue
        source = path.read_text()
        made = unnoticed = 0
        try:
            for line, old, new, broken in _broken(source):
                path.write_text(broken)
                made += 1
                if not _noticed():
                    unnoticed += 1
                    print(f"{path.name}, line {line}: {old} -> {new}", flush=True)
        finally:
            path.write_text(source)
        print(f"{path.stem}: {made} made, {unnoticed} not noticed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
