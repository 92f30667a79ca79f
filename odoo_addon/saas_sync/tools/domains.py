"""Finding many twins at once: one search, then a table of what was found."""

import re
from collections import defaultdict

from odoo.fields import Domain
from odoo.tools import SQL

PLAIN_TYPES = ("char", "integer", "many2one", "selection", "boolean")


def _literal(pattern):
    """The one text that a LIKE pattern stands for, or None if it has wildcards."""
    if re.search(r"[%_]", re.sub(r"\\.", "", pattern)):
        return None
    return re.sub(r"\\(.)", r"\1", pattern)


def _leaves(domain):
    """The leaves of a conjunction of equalities, or None if it is anything else."""
    leaves = []
    for term in domain:
        if term == "&":
            continue
        if not isinstance(term, list | tuple) or len(term) != 3:
            return None
        name, operator, value = term
        if "." in name or operator not in ("=", "=ilike") or isinstance(value, list):
            return None
        if operator == "=ilike":
            value = _literal(str(value))
            if value is None:
                return None
        leaves.append((name, operator, value))
    return leaves or None


def _fold(operator, value):
    if operator == "=ilike":
        return str(value or "").lower()
    return value or False


def _any_of(model, domains):
    """The disjunction of ``domains``.

    Case-blind equalities on one text column become one comparison with a list: a
    hundred ILIKEs would each be tried on every row, and no index helps them.
    """
    texts = defaultdict(list)
    others = []
    for domain in domains:
        leaves = _leaves(domain)
        name, operator, value = leaves[0] if leaves else (None, None, None)
        if (
            leaves
            and len(leaves) == 1
            and operator == "=ilike"
            and _is_text(model, name)
        ):
            texts[name].append(_fold(operator, value))
        else:
            others.append(Domain(domain))
    model.flush_model(list(texts))
    return Domain.OR(
        [*others, *(_lower_in(name, values) for name, values in texts.items())]
    )


def _is_text(model, name):
    field = model._fields.get(name)
    return bool(
        field
        and field.type == "char"
        and field.store
        and field.column_type
        and not field.translate
        and not field.company_dependent
        and not field.inherited
    )


def _lower_in(name, values):
    def to_sql(_model, alias, _query):
        return SQL("lower(%s) = ANY(%s)", SQL.identifier(alias, name), values)

    return Domain.custom(to_sql=to_sql)


def _held(record, name):
    value = record[name]
    return value.id if record._fields[name].type == "many2one" else value


class TwinFinder:
    """Answers many domains on one model with one search.

    :param model: the model to search, with the rights to search with
    :param domains: all domains that will be asked
    :param taken: ids of records that are no candidates
    """

    def __init__(self, model, domains, taken):
        found = model.search(_any_of(model, domains))
        self.candidates = found - model.browse(taken(found.ids) if found else [])
        self.tables = {}

    def find(self, domain):
        """The candidates that ``domain`` describes."""
        if not self.candidates:
            return self.candidates
        leaves = _leaves(domain)
        fields = self.candidates._fields
        if not leaves or any(
            name not in fields or fields[name].type not in PLAIN_TYPES
            for name, _operator, _value in leaves
        ):
            return self.candidates.filtered_domain(domain)
        shape = tuple((name, operator) for name, operator, _value in leaves)
        if shape not in self.tables:
            self.tables[shape] = self._table(shape)
        wanted = tuple(_fold(operator, value) for _name, operator, value in leaves)
        ids = self.tables[shape].get(wanted, [])
        return self.candidates.browse(ids) & self.candidates

    def take(self, record):
        """No later question finds ``record``."""
        self.candidates -= record

    def _table(self, shape):
        table = {}
        for record in self.candidates:
            values = tuple(
                _fold(operator, _held(record, name)) for name, operator in shape
            )
            table.setdefault(values, []).append(record.id)
        return table
