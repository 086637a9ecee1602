"""Expressions of forms: text -> tokens -> tree -> closures over the nodes they speak of."""
