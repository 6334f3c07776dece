# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# unit.bash - compile and run the unit tests of one file.

TOP=$(cd "${BATS_TEST_DIRNAME}/../.." && pwd)

# unit_build NAME SOURCE...: NAME_test.c and the sources, with sanitizers.
unit_build() {
	local name=$1

	shift
	(
		cd "$TOP" || exit
		gcc -std=c11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror \
			-fsanitize=address,undefined -fno-sanitize-recover=all \
			-Ibuild/include -Ilibbb-lite -Itestsuite/libbb-lite \
			-Iapplets/init -Iapplets/zombiecheck -o "$BATS_FILE_TMPDIR/$name" \
			"${BATS_TEST_DIRNAME}/${name}_test.c" "$@"
	)
}

# unit NAME TEST: run one of its tests.
unit() {
	run "$BATS_FILE_TMPDIR/$1" "$2"
	echo "$output"
	[ "$status" -eq 0 ]
}

# unit_all_called NAME: no test of the program lacks its @test here.
unit_all_called() {
	local name

	for name in $("$BATS_FILE_TMPDIR/$1"); do
		grep -q "unit $1 $name\$" "$BATS_TEST_FILENAME" || {
			echo "$name is never run"
			return 1
		}
	done
}
