"""Other work by the same verbs: what matters is retrieved, a plan is written, and the result follows the plan."""
