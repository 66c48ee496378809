/* What was covered of coverage.def. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

/* REFUSAL_NONE has no line in refusal.def, and stands in coverage.def like the others. */
struct covered {
    enum coverage_verb verb;
    enum coverage_state state;
    enum refusal outcome;
    bool rare;
    const char *name;
};

static const struct covered covered[] = {
#define COVERED(verb_name, state_name, refusal_name)                                               \
    {COVERAGE_##verb_name, STATE_##state_name, REFUSAL_##refusal_name, false,                      \
     #verb_name " " #state_name " " #refusal_name},
#define RARE(verb_name, state_name, refusal_name)                                                  \
    {COVERAGE_##verb_name, STATE_##state_name, REFUSAL_##refusal_name, true,                       \
     #verb_name " " #state_name " " #refusal_name},
#include "oracle/coverage.def"
};

#define COVERED_COUNT (sizeof covered / sizeof covered[0])

static const char *const states[] = {
#define STATE(name) #name,
#include "oracle/coverage_state.def"
};

/* The lines of a verb stand together. */
void coverage_init(struct oracle *oracle)
{
    oracle->covered = own_allocate(COVERED_COUNT * sizeof *oracle->covered);
    for (size_t verb = 0; verb < COVERAGE_VERB_COUNT; verb++) {
        size_t at = 0;
        while (at < COVERED_COUNT && covered[at].verb != (enum coverage_verb)verb)
            at++;
        oracle->coverage_start[verb] = (uint16_t)at;
    }
}

void cover(struct oracle *oracle, enum coverage_verb verb, enum coverage_state state,
           enum refusal outcome)
{
    for (size_t i = oracle->coverage_start[verb]; i < COVERED_COUNT && covered[i].verb == verb;
         i++) {
        if (covered[i].state == state && covered[i].outcome == outcome) {
            oracle->covered[i]++;
            return;
        }
    }
    object_to(oracle, 0, "%s in the state %s ended with %s, which coverage.def does not know",
              (size_t)verb < VERB_COUNT ? verb_name((enum verb)verb) : "the house", states[state],
              outcome == REFUSAL_NONE ? "success" : refusal_schema(outcome)->name);
}

/* ---- For the main program: what a run must reach ---- */

/* The lines that are not rare, in order. */
static size_t index_of(size_t wanted)
{
    size_t i = 0;
    for (size_t seen = 0; i < COVERED_COUNT; i++)
        if (!covered[i].rare && seen++ == wanted)
            break;
    return i;
}

size_t coverage_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COVERED_COUNT; i++)
        count += !covered[i].rare;
    return count;
}

const char *coverage_name(size_t index)
{
    return covered[index_of(index)].name;
}

void oracle_coverage(const struct oracle *oracle, uint64_t *totals)
{
    size_t index = 0;
    for (size_t i = 0; i < COVERED_COUNT; i++)
        if (!covered[i].rare)
            totals[index++] += oracle->covered[i];
}
