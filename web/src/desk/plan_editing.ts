// A plan being edited: as it is now, what is chosen of it, what it was before, and what of it is kept.
import { batch, computed, type Signal, signal } from '@preact/signals'
import type { StoredPlan, WholePlan } from '../core/api'
import { Refused, read, replace } from '../core/call'
import { t } from '../core/language'
import { say } from '../core/say'
import { type Hall, makeHall } from '../seats/hall'
import {
    changed,
    type Draft,
    type DraftRow,
    duplicated,
    isSame,
    newRow,
    noGrade,
    readPlan,
    reordered,
    seatCount,
    type Unit,
    without,
    writePlan,
} from './plan_draft'
import type { Rescued } from './plan_rescue'
import { movedBy, type Places, reshaped, type Shape, shapeOf, turnedBy } from './plan_shape'

// So many steps are undone.
const stepsKept = 200
// Two hundred thousand seats over a slow line.
export const uploadMs = 300_000

export const rowName = ({ section, label }: { section: string; label: string }): string =>
    [section || t('noSection'), label === '' ? '' : t('planRow', { row: label })]
        .filter(Boolean)
        .join(', ')

// What undoing comes back to.
interface Step {
    draft: Draft
    chosen: ReadonlySet<number>
}

export class Editing {
    readonly draft: Signal<Draft>
    readonly chosen: Signal<ReadonlySet<number>>
    readonly past = signal<readonly Step[]>([])
    readonly future = signal<readonly Step[]>([])
    readonly version: Signal<number>
    // As it was when the house last had it so.
    readonly kept: Signal<Draft>
    // What somebody else made of it meanwhile.
    readonly theirs = signal<WholePlan | null>(null)
    // When what is here was drawn, if it was not saved then and the page was closed.
    readonly drawnAt = signal<number | null>(null)
    readonly isBusy = signal(false)
    readonly error = signal<unknown>(null)
    private readonly unit: Unit

    readonly isChanged = computed(() => this.draft.value !== this.kept.value)
    // A plan without rows is none.
    readonly mayKeep = computed(
        () => this.isChanged.value && !this.isBusy.value && this.draft.value.rows.length > 0
    )
    readonly hall = computed<Hall>(() =>
        makeHall(
            { ...writePlan(this.draft.value, this.unit), planVersion: 0, prices: [] },
            this.unit.pitch
        )
    )
    // Of each row's key: which in the order it is.
    private readonly places = computed(
        () => new Map(this.draft.value.rows.map((row, i) => [row.key, i]))
    )
    readonly chosenRows = computed(() =>
        this.draft.value.rows.filter(row => this.chosen.value.has(row.key))
    )

    constructor(readonly stored: WholePlan) {
        const { draft, unit } = readPlan(stored)
        this.unit = unit
        this.draft = signal(draft)
        this.kept = signal(draft)
        this.version = signal(stored.version)
        this.chosen = signal(new Set(draft.rows.slice(0, 1).map(row => row.key)))
    }

    choose(rows: Iterable<number>): void {
        this.chosen.value = new Set(rows)
    }

    private get now(): Step {
        return { draft: this.draft.value, chosen: this.chosen.value }
    }

    // `words` are said when it is done.
    change(next: Draft, words = '', chosen = this.chosen.value): void {
        if (next === this.draft.value) return
        batch(() => {
            this.past.value = [...this.past.value.slice(1 - stepsKept), this.now]
            this.future.value = []
            this.draft.value = next
            this.chosen.value = chosen
        })
        if (words !== '') say(words)
    }

    private step(from: Signal<readonly Step[]>, to: Signal<readonly Step[]>, words: string): void {
        const next = from.value[from.value.length - 1]
        if (next === undefined) return
        batch(() => {
            to.value = [...to.value, this.now]
            from.value = from.value.slice(0, -1)
            this.draft.value = next.draft
            this.chosen.value = next.chosen
        })
        say(words)
    }

    undo(): void {
        this.step(this.past, this.future, t('planUndone'))
    }

    redo(): void {
        this.step(this.future, this.past, t('planRedone'))
    }

    // ---- The chosen rows ----

    // What is chosen, in words.
    said(): string {
        const [row, ...more] = this.chosenRows.value
        if (row === undefined) return ''
        return more.length === 0 ? rowName(row) : t('rowsChosen', { n: more.length + 1 })
    }

    changeRows(change: (row: DraftRow) => DraftRow): void {
        this.change(changed(this.draft.value, this.chosen.value, change), t('planDone'))
    }

    // Where a row is drawn that nobody placed.
    placeOf({ key }: DraftRow): Places {
        const { rows, x, y } = this.hall.value
        const at = this.places.value.get(key) ?? 0
        const { first = 0, count = 0 } = rows[at] ?? {}
        return {
            x: Array.from(x.subarray(first, first + count)),
            y: Array.from(y.subarray(first, first + count)),
        }
    }

    // Rows that nobody placed stand where they were drawn, once one of them is to move.
    private placed(): Draft {
        const draft = this.draft.value
        if (this.chosenRows.value.every(row => row.x.length > 0)) return draft
        const place = (row: DraftRow) => (row.x.length > 0 ? row : { ...row, ...this.placeOf(row) })
        return { ...draft, rows: draft.rows.map(place) }
    }

    move(right: number, down: number): void {
        const move = (row: DraftRow) => ({ ...row, ...movedBy(row, right, down) })
        this.change(
            changed(this.placed(), this.chosen.value, move),
            t('wasMoved', { name: this.said() })
        )
    }

    // All together, around the middle of them.
    turn(angle: number): void {
        const draft = this.placed()
        const middles = draft.rows.filter(row => this.chosen.value.has(row.key)).map(shapeOf)
        const mean = (of: (shape: Shape) => number) =>
            middles.reduce((sum, one) => sum + of(one), 0) / middles.length
        const around = {
            ...shapeOf({ x: [], y: [] }),
            x: mean(({ x }) => x),
            y: mean(({ y }) => y),
        }
        const turn = (row: DraftRow) => ({ ...row, ...turnedBy(row, angle, around) })
        this.change(changed(draft, this.chosen.value, turn), t('wasTurned', { name: this.said() }))
    }

    reshape(change: Partial<Shape>): void {
        const shape = (row: DraftRow) => ({ ...row, ...reshaped(row, change) })
        this.change(changed(this.placed(), this.chosen.value, shape), t('planDone'))
    }

    duplicate(): void {
        if (this.chosen.value.size === 0) return
        const { draft, made } = duplicated(this.draft.value, this.chosen.value)
        this.change(draft, t('wasDuplicated', { n: made.size }), made)
    }

    // A row where there is none to be like.
    add(): void {
        if (this.chosenRows.value.length > 0) {
            const last = this.chosenRows.value[this.chosenRows.value.length - 1]
            const { draft, made } = duplicated(this.draft.value, new Set(last ? [last.key] : []))
            const plain = changed(draft, made, row => ({ ...row, flags: row.flags.map(() => 0) }))
            this.change(plain, t('wasAdded'), made)
            return
        }
        const { draft } = this
        const grade = draft.value.grades.length > 0 ? 0 : noGrade
        const row = newRow({ count: 10, section: 'A', grades: Array<number>(10).fill(grade) })
        this.change(
            { ...draft.value, rows: [...draft.value.rows, row] },
            t('wasAdded'),
            new Set([row.key])
        )
    }

    // At the end of the order, and chosen.
    addRows(rows: readonly DraftRow[], grades: Draft['grades']): void {
        const draft = this.draft.value
        this.change(
            { ...draft, grades, rows: [...draft.rows, ...rows] },
            t('rowsAdded', { rows: rows.length, n: seatCount(rows) }),
            new Set(rows.map(row => row.key))
        )
    }

    remove(): void {
        const gone = this.chosen.value
        const { rows } = this.draft.value
        if (gone.size === 0) return
        const name = this.said()
        // The one in its place is chosen, so that the next key has something to act on.
        const place = rows.findIndex(row => gone.has(row.key))
        const next = without(this.draft.value, gone)
        const near = next.rows[Math.min(place, next.rows.length - 1)]
        this.change(next, t('wasTakenOut', { name }), new Set(near ? [near.key] : []))
    }

    reorder(step: 1 | -1): void {
        const next = reordered(this.draft.value, this.chosen.value, step)
        const isSameOrder = next.rows.every((row, i) => row === this.draft.value.rows[i])
        if (isSameOrder) return
        this.change(next, t(step === 1 ? 'wasLater' : 'wasEarlier', { name: this.said() }))
    }

    chooseSections(): void {
        const names = new Set(this.chosenRows.value.map(row => row.section))
        this.choose(this.draft.value.rows.filter(row => names.has(row.section)).map(row => row.key))
        say(t('rowsChosen', { n: this.chosen.value.size }))
    }

    // ---- Keeping it ----

    get path(): string {
        return `/v1/plans/${this.stored.id}`
    }

    // As the API takes it.
    body() {
        const { name } = this.draft.value
        return { name, plan: writePlan(this.draft.value, this.unit) }
    }

    private isKept(sent: Draft, version: number): void {
        batch(() => {
            this.kept.value = sent
            this.version.value = version
            this.theirs.value = null
        })
        this.drawnAt.value = null
        say(t('saved'))
    }

    // Somebody was faster; or it was this page, whose answer was lost.
    private async overtaken(sent: Draft): Promise<void> {
        const theirs = await read<WholePlan>(this.path)
        if (isSame(readPlan(theirs, this.unit).draft, sent)) this.isKept(sent, theirs.version)
        else this.theirs.value = theirs
    }

    async save(): Promise<void> {
        if (!this.mayKeep.value) return
        this.isBusy.value = true
        this.error.value = null
        const sent = this.draft.value
        try {
            const { version } = await replace<StoredPlan>(
                this.path,
                this.body(),
                this.version.value,
                uploadMs
            )
            this.isKept(sent, version)
        } catch (problem) {
            const code = problem instanceof Refused ? problem.problem.code : ''
            await (code === 'precondition_failed'
                ? this.overtaken(sent)
                : Promise.reject(problem)
            ).catch((error: unknown) => {
                this.error.value = error
            })
        }
        this.isBusy.value = false
    }

    // What is here goes over what they made.
    async overwrite(): Promise<void> {
        if (this.theirs.value === null) return
        this.version.value = this.theirs.value.version
        this.theirs.value = null
        await this.save()
    }

    // What they made is shown; what was here is one step back.
    takeTheirs(): void {
        const { theirs } = this
        if (theirs.value === null) return
        const { draft } = readPlan(theirs.value, this.unit)
        const { version } = theirs.value
        this.change(draft, t('tookTheirs'), new Set(draft.rows.slice(0, 1).map(row => row.key)))
        batch(() => {
            this.kept.value = draft
            this.version.value = version
            theirs.value = null
            this.drawnAt.value = null
        })
    }

    // ---- What was not saved ----

    toRescue(): Rescued {
        const { id } = this.stored
        return { id, version: this.version.value, at: Date.now(), ...this.body() }
    }

    // Goes on with what was drawn. What is saved is one step back, unless it was drawn on another version
    // than that: then it is as if that had been saved just now.
    goOn(draft: Rescued): void {
        const { draft: drawn } = readPlan(draft, this.unit)
        if (isSame(drawn, this.kept.value)) return
        if (draft.version === this.stored.version) {
            this.change(drawn)
        } else {
            this.draft.value = drawn
            this.version.value = draft.version
            this.theirs.value = this.stored
        }
        this.choose(drawn.rows.slice(0, 1).map(row => row.key))
        this.drawnAt.value = draft.at
    }

    throwAway(): void {
        const saved = this.kept.value
        this.change(saved, t('threwAway'), new Set(saved.rows.slice(0, 1).map(row => row.key)))
        this.drawnAt.value = null
    }
}
