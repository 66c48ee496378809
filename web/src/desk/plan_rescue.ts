// What was drawn of a plan and is not saved, as the browser keeps it: whatever ends the page takes a
// second's work with it at most. A plan may have some megabytes, more than a browser takes by any other
// way. One that keeps nothing, as a private window may, loses only this.
import type { Drawing } from '../core/api'

export interface Rescued {
    // Of the plan, and the version that it was drawn on.
    id: string
    version: number
    at: number
    name: string
    plan: Drawing
}

// Of so many plans, those that were drawn last.
const mostKept = 10

const name = 'usher-drafts'

const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
    })

async function drafts(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => {
        const made = opening.result.createObjectStore(name, { keyPath: 'id' })
        made.createIndex('at', 'at')
    }
    const database = await done(opening)
    const transaction = database.transaction(name, mode)
    transaction.oncomplete = () => database.close()
    return transaction.objectStore(name)
}

export async function rescue(draft: Rescued): Promise<void> {
    const store = await drafts('readwrite')
    store.put(draft)
    const oldestFirst = await done(store.index('at').getAllKeys())
    for (const id of oldestFirst.slice(0, -mostKept)) store.delete(id)
}

// Undefined: there is none, or it can't be had.
export async function rescued(id: string): Promise<Rescued | undefined> {
    try {
        return await done<Rescued | undefined>((await drafts('readonly')).get(id))
    } catch {
        return undefined
    }
}

export async function forgetRescued(id: string): Promise<void> {
    await done((await drafts('readwrite')).delete(id))
}
