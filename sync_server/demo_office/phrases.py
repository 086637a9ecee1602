"""What the demo's workers wrote, in the five languages: short, kind, and about nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    safe_times: tuple[str, ...]
    safe_never: tuple[str, ...]
    notes: tuple[str, ...]
    observations: tuple[str, ...]
    actions: tuple[str, ...]
    shelter: str
    remarks: str


PHRASES: Final[dict[str, Phrases]] = {
    "en": Phrases(
        ("Weekdays 10-12", "After 5 pm", "Tuesday and Thursday mornings"),
        ("Never through her employer", "Never call the family's number"),
        ("Prefers short appointments.", "Wants to bring her sister to the next meeting."),
        (
            "Calm, asked many questions about the training place.",
            "Tired after the first week at work, but content with it.",
            "Spoke freely once we were alone.",
        ),
        ("Accompany to the employment office", "Ask the clinic for an appointment"),
        "Example Shelter, night shift",
        "Two bags, both complete.",
    ),
    "fr": Phrases(
        ("En semaine de 10 h à 12 h", "Après 17 heures", "Le mardi matin"),
        ("Jamais par l'employeur", "Ne jamais appeler le numéro de la famille"),
        ("Préfère les rendez-vous courts.", "Souhaite venir avec sa sœur la prochaine fois."),
        (
            "Calme, beaucoup de questions sur la formation.",
            "Fatiguée après la première semaine de travail, mais contente.",
            "A parlé librement une fois seule avec nous.",
        ),
        ("Accompagner au bureau de l'emploi", "Demander un rendez-vous à la clinique"),
        "Foyer Exemple, équipe de nuit",
        "Deux sacs, tous deux complets.",
    ),
    "sq": Phrases(
        ("Ditët e punës 10-12", "Pas orës 17", "Të martën në mëngjes"),
        ("Kurrë përmes punëdhënësit", "Mos telefononi kurrë numrin e familjes"),
        ("Preferon takime të shkurtra.", "Dëshiron të vijë me motrën herën tjetër."),
        (
            "E qetë, bëri shumë pyetje për kursin.",
            "E lodhur pas javës së parë të punës, por e kënaqur.",
            "Foli lirshëm kur mbetëm vetëm.",
        ),
        ("Shoqërim në zyrën e punës", "Të kërkohet një orar në klinikë"),
        "Streha Shembull, turni i natës",
        "Dy çanta, të dyja të plota.",
    ),
    "ar": Phrases(
        ("أيام العمل من 10 إلى 12", "بعد الخامسة مساءً", "صباح الثلاثاء"),
        ("أبداً عن طريق صاحب العمل", "لا تتصلوا أبداً برقم العائلة"),
        ("تُفضَّل المواعيد القصيرة.", "الحضور مع الأخت في المرة القادمة."),
        (
            "هدوء وأسئلة كثيرة عن مكان التدريب.",
            "تعب بعد الأسبوع الأول من العمل، مع شعور بالرضا.",
            "كان الحديث مريحاً عندما أصبحنا وحدنا.",
        ),
        ("المرافقة إلى مكتب التشغيل", "طلب موعد من العيادة"),
        "دار المثال، النوبة الليلية",
        "حقيبتان كاملتان.",
    ),
    "uk": Phrases(
        ("У будні 10-12", "Після 17:00", "У вівторок зранку"),
        ("Ніколи через роботодавця", "Ніколи не телефонувати на номер родини"),
        ("Воліє короткі зустрічі.", "Наступного разу хоче прийти із сестрою."),
        (
            "Спокійний настрій, багато запитань про навчання.",
            "Втома після першого тижня роботи, але задоволення від неї.",
            "Розмова стала вільною, коли ми залишилися наодинці.",
        ),
        ("Супровід до центру зайнятості", "Попросити про прийом у клініці"),
        "Притулок «Приклад», нічна зміна",
        "Дві сумки, обидві на місці.",
    ),
}
