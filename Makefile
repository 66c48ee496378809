# The front door: everything that is done with this tree, over Meson and the scripts in tools/.

.DEFAULT_GOAL := build

help:
	@echo 'make, make build   build/usher, optimised and with debug information'
	@echo 'make run           installs what is missing, builds, starts the demo'
	@echo 'make test          installs what is missing, builds, runs every test'
	@echo 'make check         format, clang-tidy, layering'
	@echo 'make asan          every test under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make tsan          every test under ThreadSanitizer'
	@echo 'make bench         speed, beside libmicrohttpd and Redis (BENCH_ROUNDS, BENCH_SECONDS)'
	@echo 'make fmt           formats the source'
	@echo 'make clean         removes the builds'

build:
	@tools/install build
	@tools/build build --buildtype=debugoptimized

run: build
	@build/usher demo $(DEMO)

test: build
	@tools/install test
	@tools/test build

check: build
	@tools/install check
	@tools/check

# A finding ends the program, which fails the test that ran it. -O1 compiles in two thirds of the time
# and keeps stacks readable; gcc warns falsely there, and the other build has judged the warnings.
sanitized := -Ddebug=true -Doptimization=1 -Dwerror=false -Db_lundef=false \
    -Dc_args='-fno-sanitize-recover=all -fno-omit-frame-pointer'

asan:
	@tools/install build test
	@tools/build build-asan -Db_sanitize=address,undefined $(sanitized)
	@tools/test build-asan

tsan:
	@tools/install build test
	@tools/build build-tsan -Db_sanitize=thread $(sanitized)
	@tools/test build-tsan

bench: build
	@tools/install test bench
	@ninja -C build bench/floor
	@node bench/bench.mjs

fmt:
	@tools/install check
	@find src test bench -name '*.[ch]' | xargs clang-format -i

clean:
	rm -rf build build-asan build-tsan

.PHONY: help build run test check asan tsan bench fmt clean
