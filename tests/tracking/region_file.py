"""A file in the format MMDB with one network and its record, as an operator brings one."""

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

_KINDS = {"text": 2, "uint16": 5, "uint32": 6, "map": 7, "uint64": 9, "list": 11}
_NUMBERS = {"node_count": "uint32", "build_epoch": "uint64"}


def write_region_file(path: Path, network: str, record: dict[str, Any]) -> str:
    """Write the file; returns its path, as the setting has it."""
    net = IPv4Network(network)
    nodes = net.prefixlen
    tree = bytearray()
    for place in range(nodes):
        way = int(net.network_address) >> (31 - place) & 1
        ways = [nodes, nodes]  # nothing is known there
        ways[way] = place + 1 if place + 1 < nodes else nodes + 16
        tree += b"".join(each.to_bytes(3) for each in ways)
    about = {
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_700_000_000,
        "database_type": "Regions", "description": {"en": "Regions"}, "ip_version": 4, "languages": ["en"],
        "node_count": nodes, "record_size": 24,
    }  # fmt: skip
    path.write_bytes(bytes(tree) + bytes(16) + _encoded(record) + b"\xab\xcd\xefMaxMind.com" + _encoded(about))
    return str(path)


def _encoded(value: Any, number: str = "uint16") -> bytes:
    match value:
        case str():
            return _head("text", len(value.encode())) + value.encode()
        case int():
            size = (value.bit_length() + 7) // 8
            return _head(number, size) + value.to_bytes(size)
        case list():
            return _head("list", len(value)) + b"".join(map(_encoded, value))
        case dict():
            pairs = (_encoded(name) + _encoded(each, _NUMBERS.get(name, "uint16")) for name, each in value.items())
            return _head("map", len(value)) + b"".join(pairs)
    raise TypeError(value)


def _head(kind: str, size: int) -> bytes:
    number = _KINDS[kind]
    assert size < 29
    return bytes([number << 5 | size]) if number < 8 else bytes([size, number - 7])
