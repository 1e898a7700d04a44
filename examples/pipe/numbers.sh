#!/bin/sh
# Prints three numbers a second, with their names. Any program that prints numbers will do as well.
export LC_ALL=C
while sleep 1; do
  load=$(uptime | sed 's/.*averages\{0,1\}: *//; s/[, ].*//')
  processes=$(ps -e | wc -l)
  disk=$(df -P / | awk 'NR == 2 { print $5 + 0 }')
  echo "load=$load processes=$processes disk_percent=$disk"
done
