// Drawings that the browser keeps until they are saved.

import { until } from '../../api/support/wait.mjs'

// What the browser keeps of the plan, once it has the row's label in it; null: once there is nothing.
export const keptByBrowser = (page, id, label) =>
    until(`${label} in the browser`, () =>
        page.evaluate(
            ([id, label]) =>
                new Promise((resolve, reject) => {
                    const opening = indexedDB.open('usher-drafts')
                    opening.onerror = () => reject(opening.error)
                    opening.onsuccess = () => {
                        const database = opening.result
                        const asking = database.transaction('usher-drafts').objectStore('usher-drafts').get(id)
                        asking.onsuccess = () => {
                            database.close()
                            resolve((asking.result?.plan.rows[0].row ?? null) === label)
                        }
                    }
                }),
            [id, label]
        )
    )
