/// What people of the made-up school write.
enum DemoWording {
    /// One kind of concern; `NAME` and `OTHER` stand for children.
    struct Scene: Sendable {
        let categories: [String]
        let texts: [String]
        var agencies: [String] = []

        /// How many children it names.
        var names: Int { texts.contains { $0.contains("OTHER") } ? 2 : 1 }
    }

    static let scenes = [
        Scene(
            categories: ["Home issues", "Cause for concern"],
            texts: [
                "NAME told me at registration that dad has moved out and that nobody slept much.",
                "NAME was quiet all morning, which in my opinion is unlike NAME.",
            ]
        ),
        Scene(
            categories: ["Neglect"],
            texts: [
                "NAME came in without a coat again and said there had been no breakfast.",
                "The same uniform has been worn, unwashed, since Monday; I have seen this myself.",
            ],
            agencies: ["Early Help"]
        ),
        Scene(
            categories: ["Bullying"],
            texts: [
                "NAME said that OTHER keeps taking the ball and calling names at lunch.",
                "I saw OTHER push past NAME on the stairs; OTHER says it was an accident.",
            ]
        ),
        Scene(
            categories: ["Attendance"],
            texts: [
                "NAME arrived at 10.20, the fourth late arrival this fortnight.",
                "Mum said on the phone that mornings are hard at the moment.",
            ]
        ),
        Scene(
            categories: ["Online safety"],
            texts: [
                "NAME mentioned chatting to someone in a game who asked which school NAME goes to.",
                "NAME says no answer was given. I praised NAME for telling me.",
            ]
        ),
        Scene(
            categories: ["Parent contact", "Home issues"],
            texts: [
                "Mum stopped me at the gate: she has lost her job and money is short.",
                "She asked that NAME is not told yet.",
            ]
        ),
        Scene(
            categories: ["Behaviour"],
            texts: [
                "NAME left the classroom without asking and sat in the cloakroom for ten minutes.",
                "NAME came back after a talk and finished the work.",
            ]
        ),
        Scene(
            categories: ["Bereavement"],
            texts: [
                "NAME's grandmother died at the weekend; NAME drew a picture of her.",
                "NAME cried a little and asked to stay near me at break.",
            ]
        ),
        Scene(
            categories: ["Medical"],
            texts: [
                "I noticed a graze on NAME's left knee. NAME says it is from falling off a scooter.",
                "First aid was given; the explanation fits what I saw.",
            ]
        ),
        Scene(
            categories: ["Mental health"],
            texts: [
                "NAME said \"I worry about everything at night\". Those were the exact words.",
                "I have not yet spoken to the parents and would like advice first.",
            ],
            agencies: ["CAMHS"]
        ),
    ]

    static let teacherActions = [
        "Rang home and spoke to mum, who thanked us for the call and will talk this evening.",
        "Checked in at break and again before home time; calmer today.",
        "Spoke to the teaching assistant, who will keep an eye on this at lunch.",
        "No answer at home; will try again tomorrow morning.",
    ]

    static let leaderActions = [
        "Met the parents; agreed a plan and a review in two weeks.",
        "Discussed at the safeguarding meeting; continue to monitor and log.",
        "Spoke to the class teacher; a place in the breakfast club is offered.",
        "Advice taken; no further referral at this stage, reasons recorded here.",
    ]

    static let endings = [
        "I have told the class team.", "Nobody at home has been contacted yet.",
        "I will watch for this over the week.", "This was at about the time given above.",
    ]

    static func narrative(
        _ scene: Scene,
        pupil: String,
        other: String,
        _ random: inout SplitMix64
    ) -> String {
        let ending = endings[Int.random(in: 0..<endings.count, using: &random)]
        return (scene.texts + [ending]).joined(separator: " ")
            .split(separator: "NAME", omittingEmptySubsequences: false)
            .joined(separator: pupil)
            .split(separator: "OTHER", omittingEmptySubsequences: false)
            .joined(separator: other)
    }
}
