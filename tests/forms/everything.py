# ruff: noqa: E501 - the tables of forms are wide
"""A form with everything: nested repeats, counts, cascades, calculations across repeats, triggers, two languages."""

EVERYTHING = """
| survey |
| | type | name | label::English (en) | label::French (fr) | relevant | constraint | required | readonly | calculation | default | repeat_count | choice_filter | trigger |
| | text | name | Name | Nom | | string-length(.) < 12 | yes | | | | | | |
| | integer | size | Size of ${name}'s household | Taille du ménage de ${name} | | . >= 0 and . < 9 | | | | 2 | | | |
| | select_one country | country | Country | Pays | | | | | | | | | |
| | select_one district | district | District | Région | | | ${size} > 2 | | | | | country = ${country} | |
| | select_multiple town | towns | Towns | Villes | ${district} != '' | | | | | | | country = ${country} and district = ${district} | |
| | rank country | order | Order | Ordre | ${size} > 1 | | | | | | | | |
| | select_multiple country or_other | been | Been to | Visité | | | | | | | | | |
| | calculate | shown | | | | | | | jr:choice-name(${district}, '${district}') | | | | |
| | calculate | first_name | | | ${size} > 0 | | | | once(${name}) | | | | |
| | date | born | Born | Né | | . < today() | | | | | | | |
| | calculate | age | | | | | | | int((today() - ${born}) div 365.25) | | | | |
| | calculate | long_date | | | | | | | format-date(${born}, '%A %d %b %Y') | | | | |
| | text | note_of_day | Note of ${long_date} | Note du ${long_date} | | | | ${size} = 3 | | concat(${name}, '!') | | | |
| | calculate | stamp | | | | | | | concat('size was ', ${size}) | | | | ${country} |
| | begin_group | adult | Adult | Adulte | ${age} >= 18 or ${age} = '' | | | | | | | | |
| | decimal | income | Income | Revenu | | . >= 0 | | | | | | | |
| | begin_repeat | member | Member | Membre | | | | | | | ${size} | | |
| | text | first | First name | Prénom | | | | | | | | | |
| | integer | years | Years of ${first} | Âge de ${first} | | . < 120 | | | | position(..) * 10 | | | |
| | calculate | place | | | | | | | concat(position(..), '/', count(${member})) | | | | |
| | calculate | elder | | | position(..) > 1 | | | | indexed-repeat(${first}, ${member}, position(..) - 1) | | | | |
| | select_one town | town | Town | Ville | ${years} > 5 | | | | | | | country = ${country} and selected(${towns}, name) | |
| | begin_repeat | job | Job | Emploi | ${years} >= 15 | | | | | | | | |
| | text | what | What | Quoi | | | yes | | | | | | |
| | decimal | pay | Pay at ${what} | Salaire de ${what} | ${what} != 'none' | . > 0 | | | | | | | |
| | calculate | of_all | | | | | | | round(${pay} div sum(/data/adult/member/job/pay) * 100, 0) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | calculate | earned | | | | | | | sum(${pay}) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | calculate | eldest | | | | | | | max(${years}) | | | | |
| | end_group | | | | | | | | | | | | |
| | begin_repeat | need | Need | Besoin | ${size} != 4 | | | | | | | | |
| | text | thing | Thing | Chose | | | | | | concat('need ', count(${need})) | | | |
| | integer | weight | Weight | Poids | ${thing} != '' | | | | | 1 | | | |
| | begin_group | more | More | Plus | ${weight} > 1 | | | | | | | | |
| | select_one country | from | From | De | | | | | | | | | |
| | calculate | here | | | | | | | jr:choice-name(${from}, '${from}') | | | | |
| | begin_repeat | step | Step | Étape | | | | | | | ${weight} - 1 | | |
| | integer | days | Days | Jours | | | | | | 1 | | | |
| | calculate | until | | | | | | | sum(../preceding-sibling::step/days) + ${days} | | | | |
| | calculate | path | | | | | | | concat(position(../../..), '.', position(..), ' ', ${thing}, ${name}) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | end_group | | | | | | | | | | | | |
| | calculate | lasts | | | | | | | sum(${days}) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | select_one ${need} | worst | Worst | Pire | count(${need}) > 1 | | | | | | | ./weight > 0 | |
| | calculate | heaviest | | | | | | | sum(${weight}) + count(${step}) | | | | |
| | calculate | firsts | | | | | | | join(', ', ${first}) | | | | |
| | note | summary | ${firsts} need ${heaviest} | ${firsts} : ${heaviest} | ${heaviest} > 0 | | | | | | | | |
| | begin_group | last | Last | Fin | not(selected(${been}, 'al')) | | | | | | | | |
| | text | why | Why ${summary_of} | Pourquoi ${summary_of} | | | ${heaviest} > 3 | | | | | | |
| | calculate | summary_of | | | | | | | if(${worst} != '', concat(${worst}, '-', ${shown}), string(${eldest})) | | | | |
| | end_group | | | | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) | country | district |
| | country | al | Albania | Albanie | | |
| | country | ma | Morocco | Maroc | | |
| | country | ua | Ukraine | Ukraine | | |
| | district | north | North | Nord | al | |
| | district | south | South | Sud | al | |
| | district | coast | Coast | Côte | ma | |
| | town | a | Shkodër | Shkodër | al | north |
| | town | b | Lezhë | Lezhë | al | north |
| | town | c | Vlorë | Vlorë | al | south |
| | town | d | Rabat | Rabat | ma | coast |
| settings |
| | form_id | version | default_language |
| | everything | 1 | English (en) |
"""
