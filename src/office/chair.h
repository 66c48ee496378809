/* One chair is one seat: which seats of a new round are one that stands before them. Two are the
 * same when they have the same seatNumber, or stand in the same place: row and number are given of
 * both and equal, and the section is equal or given of neither. Rounds that were made before this
 * was asked are as they are. */
#ifndef USHER_OFFICE_CHAIR_H
#define USHER_OFFICE_CHAIR_H

#include "base/result.h"
#include "office/office.h"
#include "record/limit.h"

enum chair_sameness {
    CHAIR_SAME_NUMBER,
    CHAIR_SAME_PLACE,
};

/* Told of a seat and of the first one that it is. False: enough was told. */
typedef bool chair_found(void *owner, size_t later, size_t earlier, enum chair_sameness sameness);

/* A seat whose number is NULL is known by its place alone. Tells of each seat that is an earlier
 * one too, in their order, once, by its seatNumber if that is the same. A seat of which was told is
 * not compared with those after it. RESULT_NO_MEMORY. */
MUST_USE enum result chairs_compare(const struct seat_plan *seats, size_t count, chair_found *found,
                                    void *owner);

#define CHAIR_FORM_BYTES_MAX SEAT_NUMBER_BYTES_MAX

/* The form in which a seat's texts are compared: without the blanks around it. Returns its length;
 * 0 for a text that is nothing but blanks. It has no NUL at its end. */
size_t chair_form(const char *text, char form[static CHAIR_FORM_BYTES_MAX]);

#endif
