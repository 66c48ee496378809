// The classes of the plan's seats, each with its colour in the drawing, and a price where the house always
// asks the same.
import { t } from '../core/language'
import { say } from '../core/say'
import { focusOn } from '../core/sure'
import { Swatch } from '../seats/swatch'
import { type Grade, withoutGrade } from './plan_draft'
import type { Editing } from './plan_editing'
import { Typed } from './plan_fields'

// PRICE_MAX of the API.
const priceMost = 100_000_000

function GradeRow({ editing, grade, place }: { editing: Editing; grade: Grade; place: number }) {
    const { draft } = editing
    const change = (change: Partial<Grade>) => {
        const grades = draft.value.grades.map((one, i) =>
            i === place ? { ...one, ...change } : one
        )
        editing.change({ ...draft.value, grades }, t('planDone'))
    }
    const remove = () => {
        editing.change(withoutGrade(draft.value, place), t('removed', { name: grade.name }))
        focusOn('classes')
    }
    return (
        <li>
            <Swatch index={place} />
            <Typed
                id={`grade-${place}`}
                label="gradeName"
                value={grade.name}
                attributes={{ maxLength: 64 }}
                take={name => {
                    if (name === '') return t('gradeNameless')
                    if (draft.value.grades.some((one, i) => i !== place && one.name === name))
                        return t('gradeTwice')
                    change({ name })
                    return undefined
                }}
            />
            <Typed
                id={`grade-price-${place}`}
                label="gradePrice"
                value={grade.price === null ? '' : String(grade.price)}
                attributes={{ inputMode: 'numeric' }}
                take={text => {
                    const price = Number(text)
                    if (text !== '' && !(/^\d+$/.test(text) && price <= priceMost))
                        return t('wholeNumber', { most: priceMost })
                    change({ price: text === '' ? null : price })
                    return undefined
                }}
            />
            <button type="button" class="quiet" onClick={remove}>
                {t('removeOf', { name: grade.name || t('noGrade') })}
            </button>
        </li>
    )
}

// A name that no class has yet.
function freeName(grades: readonly Grade[]): string {
    let n = grades.length + 1
    while (grades.some(({ name }) => name === t('gradeNo', { n }))) n++
    return t('gradeNo', { n })
}

export function PlanGrades({ editing }: { editing: Editing }) {
    const { draft } = editing
    const { grades } = draft.value
    const add = () => {
        const grade = { name: freeName(grades), price: null }
        editing.change({ ...draft.value, grades: [...grades, grade] })
        say(t('gradeAdded', { name: grade.name }))
        requestAnimationFrame(() => focusOn(`grade-${grades.length}`))
    }
    return (
        <section aria-labelledby="classes">
            <h2 id="classes" tabIndex={-1}>
                {t('classes')}
            </h2>
            <p class="dim">{t('classesAbout')}</p>
            <ul class="rows classes">
                {grades.map((grade, place) => (
                    <GradeRow key={place} editing={editing} grade={grade} place={place} />
                ))}
            </ul>
            <button type="button" class="quiet" onClick={add}>
                {t('addGrade')}
            </button>
        </section>
    )
}
