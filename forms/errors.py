"""What can be wrong with a form, or with what is asked of an entry: one class, stable codes.

`forms` stands alone, so it has its own base; it has the shape that all parts share
(`code` as `area.noun.reason`, `params` that never hold anything personal).
"""

from __future__ import annotations


class FormProblem(Exception):
    """A form, an expression or a path that cannot be used. The text is English, for logs and `check`."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: dict[str, str | int] = params
        super().__init__(code)

    def at(self, question: str) -> FormProblem:
        """The same problem, with the place in the form where it is, if it did not say one."""
        if "question" in self.params or not question:
            return self
        return FormProblem(self.code, question=question, **self.params)

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code} ({', '.join(f'{name}: {value}' for name, value in self.params.items())})"
