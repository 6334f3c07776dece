# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# machine_helper.bash - boot a virtual machine whose first process is init.
#
# Software emulation, Debian's kernel, and an initramfs of busybox and ours. The
# serial console goes to $OUT; its monitor is a socket.

# machine_setup: a folder, root/ with what is in the initramfs.
machine_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	KERNEL=$(find /boot -name 'vmlinuz-*' | LC_ALL=C sort | tail -n 1)
	[ -n "$KERNEL" ]
	mkdir -p root/{bin,sbin,dev,proc,sys,run,etc/init.d,tmp}
	cp "$(command -v busybox)" root/bin/busybox
	for name in sh mount umount echo cat sleep poweroff reboot halt kill \
		sed grep ls swapoff getty stty; do
		ln -s busybox "root/bin/$name"
	done
	cp "$INITBOX" root/sbin/initbox
	for name in init zombiecheck reboot; do
		ln -sf initbox "root/sbin/$name"
	done
	rm root/sbin/reboot
}

# machine_start WORD...: boot root/, WORDs are for the kernel's command line.
machine_start() {
	(cd root && find . | cpio --quiet -o -H newc -R 0:0) >initramfs
	OUT=$PWD/console
	start qemu-system-x86_64 -accel tcg -cpu max -m 128 -no-reboot \
		-nodefaults -display none -nic none \
		-serial stdio -monitor "unix:$PWD/monitor.sock,server,nowait" \
		-kernel "$KERNEL" -initrd initramfs \
		-append "console=ttyS0 quiet panic=-1 rdinit=/sbin/init $*"
}

# machine_monitor COMMAND: to qemu's monitor
machine_monitor() {
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.recv(1000)
s.send(sys.argv[2].encode() + b"\n")
s.recv(1000)' "$PWD/monitor.sock" "$1"
}
