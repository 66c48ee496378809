// What people are told, typed in each language.
import type { Queue } from '../core/api'
import { Field } from '../core/form'
import type { Key } from '../core/language'

type Texts = NonNullable<Queue['notice']>['texts']
const languages = ['ko', 'en'] as const satisfies (keyof Texts)[]

// TOLD_CHARACTERS_MAX of the API.
const most = 160

const words: Record<keyof Texts, Key> = { ko: 'inKorean', en: 'inEnglish' }

export const textsIn = (data: FormData): Texts => ({
    ko: String(data.get('ko') ?? '').trim(),
    en: String(data.get('en') ?? '').trim(),
})

interface ToldTextsProps {
    id: string
    // Where the API has them.
    field: string
    texts?: Texts | undefined
    refused: unknown
}

export function ToldTexts({ id, field, texts, refused }: ToldTextsProps) {
    return (
        <>
            {languages.map(language => (
                <Field
                    key={language}
                    id={`${id}-${language}`}
                    name={language}
                    field={`${field}/${language}`}
                    label={words[language]}
                    refused={refused}
                    attributes={{
                        autoComplete: 'off',
                        lang: language,
                        maxLength: most,
                        defaultValue: texts?.[language] ?? '',
                    }}
                />
            ))}
        </>
    )
}
