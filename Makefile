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

# A finding ends the program, which fails the test that ran it.
hard := -Db_lundef=false -Dc_args='-fno-sanitize-recover=all -fno-omit-frame-pointer'

asan:
	@tools/install build test
	@tools/build build-asan --buildtype=debugoptimized -Db_sanitize=address,undefined $(hard)
	@tools/test build-asan

tsan:
	@tools/install build test
	@tools/build build-tsan --buildtype=debugoptimized -Db_sanitize=thread $(hard)
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
