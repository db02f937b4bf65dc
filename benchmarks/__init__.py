"""How long followup takes and how much memory it needs, beside what the machine itself needs.

Run ``python -m benchmarks`` in the top folder of a clone. What is measured stands in docs/performance.md.
"""
