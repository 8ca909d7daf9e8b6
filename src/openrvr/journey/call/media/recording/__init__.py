"""What a node records, and how it leaves the node.

Janus writes each person's sound and picture to a file of its own, packet by packet as they arrive,
and never alters what it has written (`mjr.py`). Beside each node runs an agent (`agent.py`) that
hands over what is new every two seconds: a node's disk is never the only one that has it for long.
Nothing here needs Django, or the database: a node has neither.
"""
