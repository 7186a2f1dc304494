"""How large a process may be, and why. The measurements are in docs/adr/0022."""

BYTES = 8 * 1024 * 1024  # a drawing of 5,000 elements by a talkative tool has 4 MB
NODES = 400  # events, tasks and gateways, called processes included: state ≤ 256 KB, tree ≤ DEPTH
FLOWS = 1200
XML_ELEMENTS = 200_000
ID_LENGTH = 200
NAME_LENGTH = 300
EXPRESSION_LENGTH = 500
EXPRESSION_NODES = 200
EXPRESSION_DEPTH = 30
EXPRESSION_ITEMS = 50
TEXT_LENGTH = 2000  # one text among the variables
NUMBER = 10**18
VARIABLES = 500
COLLECTION = 200  # items of a collection that a step is done for
CALL_DEPTH = 5
TURNS = 2000  # what the engine does between two acts of people before it is stopped
DEPTH = 600  # tasks behind one another; the engine's iterators end silently at 1,000
STATE = 256 * 1024
MARKINGS = 4000  # states that the gate looks at when it plays the tokens
PERFORMERS = 50
YEARS = 10  # the longest wait
