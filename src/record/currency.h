/* What amounts are counted in. Every amount is a whole number of the currency's smallest unit. */
#ifndef USHER_RECORD_CURRENCY_H
#define USHER_RECORD_CURRENCY_H

#include <stdbool.h>

/* Whether it is a currency's code (currency.def); then how many digits of an amount stand behind
 * the point. */
bool currency_find(const char *code, int *digits);

#endif
