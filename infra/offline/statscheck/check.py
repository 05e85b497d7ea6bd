"""Compares our statistics with those of statsmodels and scipy.

    python check.py CSV

Each row of the CSV is one random input with our result: kind, a, b, c, d, then
what we got: value, low, high. Prints one JSON object: for each kind the number
of inputs, the largest absolute and the largest relative difference, and the
input it was found at.
"""

import csv
import json
import math
import sys
import warnings

from scipy.stats import norm, poisson
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson
from statsmodels.stats.weightstats import DescrStatsW

Z = norm.ppf(0.975)


def wilson(k, n, *_):
    low, high = proportion_confint(k, n, alpha=0.05, method="wilson")
    return 100 * k / n, 100 * low, 100 * high


def newcombe(k, n, before, of):
    low, high = confint_proportions_2indep(k, n, before, of, compare="diff", method="newcomb", alpha=0.05)
    return 100 * (k / n - before / of), 100 * low, 100 * high


def multinomial(promoters, passives, detractors):
    """Mean of answers worth 100, 0 and -100, and its interval of one sample."""
    answers = DescrStatsW([100, 0, -100], weights=[promoters, passives, detractors], ddof=0)
    half = Z * answers.std / math.sqrt(promoters + passives + detractors)
    return answers.mean, max(-100, answers.mean - half), min(100, answers.mean + half)


def nps_wald(promoters, passives, detractors, _):
    return multinomial(promoters, passives, detractors)


def nps_adjusted(promoters, passives, detractors, _):
    return multinomial(promoters + 0.75, passives + 1.5, detractors + 0.75)


def poisson_mean(k, *_):
    low, high = confint_poisson(k, 1, method="exact-c", alpha=0.05)
    return k, low, high


def poisson_tail(k, mean, *_):
    p = poisson.sf(k - 1, mean)
    return p, p, p


KINDS = {
    "wilson": wilson, "newcombe": newcombe, "nps_wald": nps_wald, "nps_adjusted": nps_adjusted,
    "poisson_mean": poisson_mean, "poisson_tail": poisson_tail,
}


def main():
    warnings.simplefilter("ignore")
    out = {}
    with open(sys.argv[1], newline="") as f:
        for row in csv.DictReader(f):
            inputs = [float(row[name]) for name in "abcd"]
            theirs = KINDS[row["kind"]](*inputs)
            seen = out.setdefault(row["kind"], {"inputs": 0, "absolute": 0.0, "relative": 0.0, "at": inputs})
            seen["inputs"] += 1
            for ours, other in zip((row["value"], row["low"], row["high"]), theirs):
                ours, other = float(ours), 0.0 if math.isnan(other) else float(other)
                absolute = abs(ours - other)
                relative = absolute / max(abs(ours), abs(other), 1e-300)
                if absolute > seen["absolute"]:
                    seen["absolute"], seen["at"] = absolute, inputs
                seen["relative"] = max(seen["relative"], relative)
    json.dump(out, sys.stdout)


main()
