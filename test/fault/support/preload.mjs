// The environment of a program that libraries are loaded before.

export const preload = libraries => ({
    LD_PRELOAD: libraries.join(' '),
    // AddressSanitizer wants to be the first, and works without.
    ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':'),
})
