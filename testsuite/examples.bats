#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/kubernetes: valid YAML, commands that work, rules that fire.

TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
INITBOX=${INITBOX:-$TOP/initbox}
load helper
TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)

setup() {
	cd "$TOP/examples/kubernetes" || return
}

# value FILE EXPRESSION: of that YAML document as JSON, by jq
value() {
	python3 -c 'import json, sys, yaml
json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' "$1" | jq -r "$2"
}

@test "examples: promtool accepts the alert rules, and they fire as their tests say" {
	promtool check rules alerts.yaml
	promtool test rules alerts_test.yaml
}

@test "examples: the alerts ask for metrics that zombiecheck writes" {
	"$INITBOX" zombiecheck --settle 0 --prometheus |
		sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' | sort >"$BATS_TEST_TMPDIR/has"
	grep -oE 'zombiecheck_[a-z_]+' alerts.yaml | sort -u >"$BATS_TEST_TMPDIR/wants"
	[ -s "$BATS_TEST_TMPDIR/wants" ]
	[ -z "$(comm -23 "$BATS_TEST_TMPDIR/wants" "$BATS_TEST_TMPDIR/has")" ]
}

@test "examples: the DaemonSet's command writes metrics that promtool accepts" {
	[ "$(value daemonset.yaml '.kind + .apiVersion')" = DaemonSetapps/v1 ]
	[ "$(value daemonset.yaml '.spec.selector.matchLabels == .spec.template.metadata.labels')" = true ]
	[ "$(value daemonset.yaml '.spec.template.spec | [.containers[].volumeMounts[].name] - [.volumes[].name] | length')" = 0 ]
	mapfile -t words < <(value daemonset.yaml \
		'.spec.template.spec.containers[0] | (.command + .args)[1:][]')
	# the same words, but once and into a folder of ours
	words=("${words[@]/\/textfiles/$BATS_TEST_TMPDIR}")
	words=("${words[@]/--watch=30s/--watch=1s}")
	run "$INITBOX" "${words[@]}" --count 1
	echo "$output"
	[ "$status" -eq 0 ]
	promtool check metrics <"$BATS_TEST_TMPDIR/zombiecheck.prom"
}

@test "examples: the Pod's commands are what the installer makes" {
	[ "$(value pod.yaml .kind)" = Pod ]
	# an emptyDir is another file system than the image's, and outlives the
	# initContainer, which may run again
	volume=$(mktemp -d /dev/shm/initbox.XXXXXX)
	[ "$(stat -c %d "$volume")" != "$(stat -c %d "$INITBOX")" ]
	ln -s "$volume" "$BATS_TEST_TMPDIR/init"
	mapfile -t install < <(value pod.yaml '.spec.initContainers[0].command[]')
	[ "${install[-1]}" = /init ]
	install[-1]=$volume
	"$INITBOX" "${install[@]:1}"
	"$INITBOX" "${install[@]:1}"
	mapfile -t words < <(value pod.yaml '.spec.containers[0].command[]')
	[ "${words[1]}" = -- ]
	"$BATS_TEST_TMPDIR${words[0]}" -- true
	mapfile -t words < <(value pod.yaml \
		'.spec.containers[0].livenessProbe.exec.command[]')
	run "$BATS_TEST_TMPDIR${words[0]}" "${words[@]:1}"
	[[ $output == "ok: "* || $output == "FAIL: "* ]]
}

@test "examples: README's Pod is in the whole one" {
	awk '/^```/ { inside = !inside && $0 == "```yaml"; next } inside' \
		"$TOP/README.md" | sed -n '/^spec:/,$p' \
		>"$BATS_TEST_TMPDIR/snippet.yaml"
	value "$BATS_TEST_TMPDIR/snippet.yaml" . >"$BATS_TEST_TMPDIR/snippet.json"
	jq -e '.spec.initContainers | length == 1' "$BATS_TEST_TMPDIR/snippet.json"
	value pod.yaml . | jq -e --slurpfile snippet "$BATS_TEST_TMPDIR/snippet.json" \
		'contains($snippet[0])'
}

teardown() {
	[ -z "${volume-}" ] || rm -r "$volume"
}
