# clang-tidy over every source file, with a stamp for each that it found good.
sources := $(sort $(wildcard src/*/*.c src/*/*/*.c))
headers := $(wildcard src/*/*.h src/*/*.def src/*/*/*.h)
stamps := $(sources:%=build/tidy/%.good)

tidy: $(stamps)

build/tidy/%.good: % .clang-tidy $(headers)
	@mkdir -p $(@D)
	@rm -f $@
	@clang-tidy --quiet -p build $< 2> build/tidy/$*.errors || { cat build/tidy/$*.errors; exit 1; }
	@touch $@

# A line for each file: its name, and whether its stamp is there.
tally:
	@$(foreach file,$(sources),if [ -f build/tidy/$(file).good ]; then echo $(file) good; \
	    else echo $(file) bad; fi;)

.PHONY: tidy tally
