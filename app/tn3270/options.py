"""The numbers of telnet and TN3270E, under their names in the RFCs. No behaviour."""

IAC_BYTE, IAC = 255, b"\xff"  # RFC 854
DONT, DO, WONT, WILL = 254, 253, 252, 251
SB, SE, EOR = 250, 240, 239  # EOR: RFC 885
NOP, BREAK, INTERRUPT, ABORT_OUTPUT = 241, 243, 244, 245
OPTION_VERBS = frozenset((DO, DONT, WILL, WONT))

BINARY, ECHO, SUPPRESS_GO_AHEAD, TIMING_MARK = 0, 1, 3, 6  # RFC 856, 857, 858, 860
TERMINAL_TYPE, END_OF_RECORD, WINDOW_SIZE = 24, 25, 31  # RFC 1091, 885, 1073
NEW_ENVIRON, TN3270E, START_TLS = 39, 40, 46  # RFC 1572, 2355, draft-altman-telnet-starttls
IS, SEND = 0, 1  # RFC 1091 and 1572

# RFC 2355 section 13: what a TN3270E subnegotiation says
ASSOCIATE, CONNECT, DEVICE_TYPE, FUNCTIONS, E_IS, REASON, REJECT, REQUEST, E_SEND = range(9)
BIND_IMAGE, DATA_STREAM_CTL, RESPONSES, SCS_CTL_CODES, SYSREQ, CONTENTION_RESOLUTION = range(6)  # functions
REASONS = ("partner in use", "device in use", "invalid associate", "no such device name", "no such device type",
           "type and name do not fit", "unknown error", "unsupported request")  # fmt: skip
UNSUPPORTED_REQUEST = 7

# RFC 2355 section 8.1: the header's data type, and 8.1.2-3 its flags; BID is of contention resolution (draft)
(DATA_3270, DATA_SCS, DATA_RESPONSE, DATA_BIND, DATA_UNBIND, DATA_NVT, DATA_REQUEST, DATA_SSCP_LU, DATA_PRINT_EOJ,
 DATA_BID) = range(10)  # fmt: skip
REQUEST_SEND_DATA, REQUEST_KEYBOARD_RESTORE, REQUEST_SIGNAL = 1, 2, 4
NO_RESPONSE, ERROR_RESPONSE, ALWAYS_RESPONSE = 0, 1, 2
HEADER = 5  # bytes of a TN3270E header
