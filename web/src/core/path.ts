// Where one is, and where one goes.

// A path of ours, or the home page: a link from elsewhere must not lead to somebody else's page.
export function ownPath(to: string | null): string {
    return to !== null && /^\/(?![/\\])/.test(to) ? to : '/'
}

export const parameter = (name: string): string | null =>
    new URLSearchParams(location.search).get(name)

// The parts of the path between its slashes.
export const parts = (): string[] => location.pathname.split('/').filter(part => part !== '')

export const here = (): string => location.pathname + location.search

export const signInPath = (to: string): string => `/sign-in?to=${encodeURIComponent(to)}`

// Into the line, for a concert, and from there on.
export const linePath = (to: string, concert: string): string =>
    `/line?join=1&concert=${concert}&to=${encodeURIComponent(to)}`
