"""How a function is declared: eager ones by the types they take, others by compiling for themselves.

    @function("starts-with", "text text", "boolean")
    def starts_with(whole: str, start: str) -> bool: ...

Types are text, number, boolean, nodes, value; `?` marks an optional argument, `*` any number of them.
A function that needs the zone, the language or the time takes the environment first (`world=True`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forms.errors import FormProblem

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Focus
    from forms.expression.parser import Call, Tree

Compile = Callable[["Compiler", "tuple[Tree, ...]"], "Closure[Any]"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language: how many arguments, what it gives, how a call is compiled."""

    name: str
    returns: str
    least: int
    most: int | None
    compile: Compile
    cost: int = 1
    """How much one call counts in a predicate, where 1 is about the time that a node takes."""


_FUNCTIONS: dict[str, Function] = {}


def functions_by_name(name: str) -> Function:
    """The function, or a problem that names it."""
    found = _FUNCTIONS.get(name)
    if found is None:
        raise FormProblem("form.expression.unknown_function", function=name)
    return found


def checked_function(call: Call) -> Function:
    """The function that a call means, if it takes so many arguments; else a problem that says so."""
    function, count = functions_by_name(call.name), len(call.arguments)
    if count < function.least or (function.most is not None and count > function.most):
        raise FormProblem("form.expression.arguments", function=call.name, given=count)
    return function


def function_of(call: Call) -> Function:
    """The function that is called. One that is not there, or takes other arguments, is a problem when it
    is evaluated: in a branch that is never taken it harms nobody. Loading a form finds it all the same.
    """
    try:
        return checked_function(call)
    except FormProblem as problem:
        told = problem

        def fail(focus: Focus) -> Any:
            raise told

        return Function(call.name, "value", 0, None, lambda compiler, arguments: fail)


def function_names() -> frozenset[str]:
    """The names of all functions that there are."""
    return frozenset(_FUNCTIONS)


def special(
    name: str, least: int, most: int | None, returns: str, *, cost: int = 1
) -> Callable[[Compile], Compile]:
    """Declares a function that compiles its own arguments: it may leave some unevaluated."""

    def declare(compile_call: Compile) -> Compile:
        _FUNCTIONS[name] = Function(name, returns, least, most, compile_call, cost)
        return compile_call

    return declare


def function(
    name: str, takes: str, returns: str, *, world: bool = False, cost: int = 1
) -> Callable[[Any], Any]:
    """Declares a function of evaluated arguments."""
    kinds = takes.split()
    least = sum(1 for kind in kinds if kind[-1] not in "?*")
    most = None if kinds and kinds[-1].endswith("*") else len(kinds)

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        def compile_call(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[Any]:
            closures = [
                getattr(compiler, kinds[min(index, len(kinds) - 1)].rstrip("?*"))(argument)
                for index, argument in enumerate(arguments)
            ]
            if world:
                environment = compiler.environment
                return lambda focus: body(environment, *[closure(focus) for closure in closures])
            return _applied(body, closures)

        _FUNCTIONS[name] = Function(name, returns, least, most, compile_call, cost)
        return body

    return declare


def _applied(body: Callable[..., Any], closures: list[Closure[Any]]) -> Closure[Any]:
    if not closures:
        return lambda focus: body()
    if len(closures) == 1:
        only = closures[0]
        return lambda focus: body(only(focus))
    if len(closures) == 2:
        first, second = closures

        def both(focus: Focus) -> Any:
            return body(first(focus), second(focus))

        return both
    return lambda focus: body(*[closure(focus) for closure in closures])
