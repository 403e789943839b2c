#!/bin/sh
# Fuzzes the parsers of policies and schemas in both forms and of entities for the given number of
# seconds (60 without one).
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find Sources/PolicyEngine -name '*.swift' >"$work/sources"
swiftc -O -swift-version 6 -package-name keyholder -parse-as-library \
    -module-name PolicyFuzz -sanitize=fuzzer,address -o "$work/fuzz" \
    -enable-upcoming-feature ExistentialAny Tests/Fuzz/PolicyFuzz.swift @"$work/sources"
mkdir "$work/corpus"
seed() { { printf '%s' "$1" && cat; } >"$work/corpus/$2"; }
for file in policies/*.cedar; do seed p "$(basename "$file")" <"$file"; done
seed s schema <policies/school.cedarschema
seed p language <<'END'
@a("b") permit (principal is A::B in ?principal, action in [Action::"a"], resource == ?resource)
when { if [1, -2].containsAll([context.a["b c"]]) then {a: 1, "b": ip("::1/8")} == {} else !!true }
unless { "x\u{301}\*" like "a*\*" && principal has a.b || 1 - 2 * -(3) >= decimal("1.0").f };
END
seed S schema.json <<'END'
{"N": {"commonTypes": {"T": {"type": "Record", "attributes": {"a": {"type": "Set", "element":
{"type": "Long"}, "required": false}}}}, "entityTypes": {"U": {"memberOfTypes": ["U"], "shape":
{"type": "T"}, "tags": {"type": "String"}}, "K": {"enum": ["x"]}}, "actions": {"v": {"memberOf":
[{"id": "w"}], "appliesTo": {"principalTypes": ["U"], "resourceTypes": ["U"], "context":
{"type": "Record", "attributes": {"i": {"type": "Extension", "name": "ipaddr"}}}}}, "w": {}}}}
END
seed e entities.json <<'END'
[{"uid": {"type": "User", "id": "a"}, "attrs": {"name": "x", "deep": {"a": {"b": 1, "c d": ["x"]}},
"kind": {"__entity": {"type": "Kind", "id": "x"}}}, "parents": [{"type": "Group", "id": "g"}],
"tags": {"t": 1}}, {"uid": {"__entity": {"type": "N::Doc", "id": "d"}}, "attrs": {"owner": {"type":
"User", "id": "a"}, "ip": "10.0.0.1", "at": {"fn": "datetime", "arg": "2024-01-01"}, "cost":
{"__extn": {"fn": "decimal", "arg": "1.5"}}}, "parents": []}]
END
seed j policies.json <<'END'
{"staticPolicies": {"a": {"effect": "permit", "principal": {"op": "is", "entity_type": "U", "in":
{"entity": {"type": "G", "id": "g"}}}, "action": {"op": "All"}, "resource": {"op": "All"},
"conditions": [{"kind": "when", "body": {"&&": {"left": {"like": {"left": {"Value": "x"}, "pattern":
["Wildcard", {"Literal": "y"}]}}, "right": {"has": {"left": {"Var": "context"}, "attr": "a"}}}}}],
"annotations": {"id": "x", "n": null}}}, "templates": {"t": {"effect": "forbid", "principal":
{"op": "==", "slot": "?principal"}, "action": {"op": "in", "entities": []}, "resource": {"op": "All"},
"conditions": []}}, "templateLinks": [{"templateId": "t", "newId": "l", "values": {"?principal":
{"type": "U", "id": "u"}}}]}
END
# References in Swift's enums carry tags, which the search for leaks takes for lost memory.
ASAN_OPTIONS=detect_leaks=0 "$work/fuzz" -max_total_time="${1:-60}" -max_len=8000 \
    -print_final_stats=1 -timeout=10 -artifact_prefix="${TMPDIR:-/tmp}/" "$work/corpus"
