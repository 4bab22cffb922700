"""Everyday requests written for this project (Apache-2.0), with difficulty and length judged by hand.

The outcome data holds exams and puzzles only: nobody benchmarks "thanks, translate that". Without these lines every
short instruction would be out of distribution. Each group is one cluster; `tier` is the chance that a gpt-4o-mini
class model answers well, `tokens` a usual length of the answer. They are judgements, not measurements.
"""

from texts import routing_text

TIERS = {"trivial": 0.995, "easy": 0.97, "medium": 0.88, "hard": 0.62, "expert": 0.40}

LANGUAGES = ["French", "Spanish", "German", "Italian", "Japanese", "Portuguese", "Dutch", "Chinese", "Korean", "Arabic"]
PHRASES = [
    "good morning", "thank you very much", "where is the train station?", "I would like a coffee, please",
    "see you tomorrow", "happy birthday", "how much does this cost?", "the meeting is at three", "I am lost", "well done",
]

# label, skills, tier, tokens, prompts
GROUPS = [
    ("translation", {"language": 1}, "trivial", 20,
     [f"Translate '{p}' to {l}" for p, l in zip(PHRASES, LANGUAGES)]
     + [f"How do you say \"{p}\" in {l}?" for p, l in zip(PHRASES[::-1], LANGUAGES)]
     + ["Translate this sentence into English: Je ne comprends pas la question.", "translate to german: The weather is nice today.",
        "What does 'hasta luego' mean in English?", "Übersetze ins Englische: Guten Abend", "Traduis en anglais : il pleut"]),
    ("small talk", {"language": 1}, "trivial", 40,
     ["Hi", "hello there", "Hey, how are you?", "Thanks!", "Good morning!", "ok great, thank you", "Tell me a joke", "What's your name?",
      "Who are you?", "Can you help me?", "bye", "That's funny", "What can you do?", "Say hello", "Reply with the word OK", "ping", "test"]),
    ("quick facts", {"knowledge": 1}, "trivial", 50,
     ["What is the capital of Australia?", "Who wrote Hamlet?", "How many days are in a leap year?", "What is the boiling point of water in Fahrenheit?",
      "When did World War II end?", "What is 15% of 80?", "What's 7 times 8?", "What is the chemical symbol for gold?", "Which planet is closest to the sun?",
      "Convert 10 miles to kilometres", "What does HTTP stand for?", "Define 'ubiquitous'.", "What is the opposite of 'scarce'?", "How many ounces in a pound?",
      "What time zone is Berlin in?", "Spell 'necessary'", "What is the plural of 'cactus'?", "2+2"]),
    ("writing and editing", {"language": 0.7, "instruction": 0.3}, "easy", 220,
     ["Write a short email asking my landlord to fix the heating.", "Rewrite this sentence to sound more polite: Send me the file now.",
      "Fix the grammar: me and him goes to school every days", "Draft a thank-you note to a colleague who covered my shift.",
      "Make this paragraph more concise: We would like to take this opportunity to inform you that the office will be closed on Friday.",
      "Write a LinkedIn post announcing that I started a new job as a data analyst.", "Proofread the following text and correct any mistakes.",
      "Write a cover letter for a junior marketing position.", "Suggest five subject lines for a newsletter about gardening.",
      "Turn these notes into a polite message to a customer: refund approved, 5 days, sorry", "Write a product description for a stainless steel water bottle.",
      "Rephrase in simpler words: The committee has elected to defer its determination.", "Write a birthday message for my grandmother."]),
    ("summaries", {"language": 0.5, "instruction": 0.3, "knowledge": 0.2}, "easy", 180,
     ["Summarize the following article in three bullet points:", "Give me a one-sentence summary of this text.", "TL;DR of the meeting notes below",
      "Summarise this email thread and list the action items.", "What are the key points of the following report?", "Shorten this to 50 words:",
      "Extract the main argument of the passage below and say it in plain language.", "Summarise the customer review in one line: Great phone but the battery dies by noon."]),
    ("extraction and labelling", {"instruction": 0.7, "data": 0.3}, "easy", 60,
     ["Classify the sentiment of this review as positive, negative or neutral: The food was cold and the waiter was rude.",
      "Extract all email addresses from the text below.", "Return the name, date and amount in this invoice as JSON.",
      "Is this message spam? Answer yes or no: You have won a free cruise, click here!", "List the people mentioned in this paragraph.",
      "Convert this list to a comma-separated line: apples, pears, plums", "Tag this support ticket with one of: billing, bug, feature request. 'I was charged twice'",
      "Extract the order number: Hi, my order #A-4471 has not arrived.", "Turn this table into CSV.", "Sort these names alphabetically: Zoe, Adam, Mia, Ben",
      "What language is this text written in? 'Dove si trova la biblioteca?'", "Put these events into a JSON array with fields date and title."]),
    ("everyday advice", {"knowledge": 0.6, "language": 0.4}, "easy", 350,
     ["Give me a recipe for pancakes.", "How do I remove a red wine stain from a carpet?", "Suggest a three-day itinerary for Lisbon.", "What should I pack for a week of hiking?",
      "How can I sleep better?", "Give me ideas for a birthday party for a six-year-old.", "How do I politely decline an invitation?", "What's a good beginner workout plan?",
      "Explain photosynthesis to a ten-year-old.", "What are the pros and cons of electric cars?", "How do I boil an egg?", "Recommend some science fiction novels.",
      "How do I change a bicycle tyre?", "What is the difference between a virus and a bacterium?", "Explain what inflation is in simple terms."]),
    ("creative writing", {"language": 0.9, "instruction": 0.1}, "medium", 600,
     ["Write a short story about a lighthouse keeper who finds a message in a bottle.", "Write a poem about autumn in the style of Emily Dickinson.",
      "Write a limerick about a cat who codes.", "Write a dialogue between the moon and the sea.", "Continue this story: The door opened and nobody was there.",
      "Write song lyrics about leaving home.", "Invent a myth that explains why owls are silent.", "Write a scene of a heist gone wrong, in second person.",
      "Write a haiku about rain.", "Come up with a name and backstory for a pirate captain.", "Write a satirical op-ed about meetings."]),
    ("queries and shell", {"code": 0.8, "data": 0.2}, "easy", 150,
     ["Write a SQL query that returns the ten customers with the most orders.", "How do I find all files larger than 100 MB in Linux?", "git command to undo the last commit but keep the changes",
      "Write a regex that matches an ISO date.", "How do I list open ports on macOS?", "Write a bash one-liner that counts lines in all .py files.",
      "SELECT duplicates by email in Postgres", "What does chmod 755 do?", "Excel formula to sum a column when another column equals 'paid'", "docker command to remove stopped containers",
      "jq expression to get the names from an array of objects", "How do I revert a merged pull request?"]),
    ("small coding tasks", {"code": 1}, "easy", 320,
     ["Write a Python function that checks whether a string is a palindrome.", "Write a JavaScript function that debounces another function.", "How do I read a JSON file in Python?",
      "Write a unit test for a function that adds two numbers.", "Convert this for loop to a list comprehension: for x in xs: out.append(x*2)", "What does this error mean: TypeError: 'NoneType' object is not iterable",
      "Write a CSS rule to centre a div.", "Explain the difference between let and const.", "Write a function to reverse a linked list in Java.", "Add type hints to this function: def f(a, b): return a + b",
      "Write a Python script that renames all files in a folder to lower case.", "How do I make an HTTP request in Go?", "Write a React component with a counter button.",
      "Write fizzbuzz in Rust.", "Create a simple HTML form with name and email."]),
    ("refactoring and debugging", {"code": 0.7, "agentic": 0.3}, "hard", 1600,
     ["Refactor this 400-line class into smaller modules with dependency injection, keep the public API and add tests.\n```python\nclass OrderManager:\n    def __init__(self):\n        self.db = Database()\n        self.mailer = Mailer()\n    def process(self, order):\n        ...\n```",
      "This service deadlocks under load about once a day. Here are the thread dumps and the locking code; find the race and fix it.\n```java\nsynchronized (accounts) { ... }\n```",
      "Refactor the following TypeScript module: remove the global state, split parsing from I/O, make errors a discriminated union, and keep behaviour identical.\n```ts\nlet cache: any = {}\nexport async function load(path: string) { /* 300 lines */ }\n```",
      "Migrate this Express application from callbacks to async/await, replace the ORM layer, and update all the tests. The code follows.",
      "Our React application re-renders the whole tree on every key stroke. Here are the components and the store. Restructure it so that only the changed rows render.",
      "Port this C++ codebase from raw pointers to smart pointers without changing the ABI. Explain each ownership decision.",
      "There is a memory leak in this Node service. I paste the heap snapshot summary and the connection pool code below; find the cause and propose a patch.",
      "Rewrite this legacy PHP checkout as a clean hexagonal architecture with ports and adapters; here are the four files.",
      "Refactor the repository so that the payment providers share one interface; update the callers in all six files, and show the full diff.",
      "Review this pull request of 900 lines for concurrency bugs, security problems and API breakage.",
      "Optimise this function, it takes 40 seconds on a million rows; keep results identical and prove the complexity.\n```python\ndef merge(a, b):\n    for x in a:\n        for y in b:\n            ...\n```",
      "Convert this monolithic Django view into a service layer with transactions and idempotency keys, with integration tests."]),
    ("code to refactor", {"code": 0.7, "agentic": 0.3}, "hard", 2000, []),
    ("hard programming", {"code": 0.6, "reasoning": 0.4}, "hard", 1500,
     ["Implement a lock-free multi-producer multi-consumer queue in C++20 and argue why it is linearizable.", "Write a compiler for a small language with closures to WebAssembly.",
      "Implement Raft leader election and log replication in Go, with tests for partitions.", "Write a B+ tree with concurrent readers and crash recovery in Rust.",
      "Implement a regular expression engine with linear-time matching and capture groups.", "Design and implement an incremental build system with content hashing and remote caching.",
      "Write a numerically stable implementation of the real Schur decomposition.", "Implement a CRDT for collaborative rich text editing and prove that it converges."]),
    ("proofs and olympiad maths", {"math": 0.7, "reasoning": 0.3}, "expert", 1500,
     ["Prove that there are infinitely many primes congruent to 3 modulo 4.", "Let a, b, c be positive reals with abc = 1. Prove that a/(b+1) + b/(c+1) + c/(a+1) >= 3/2.",
      "Find all functions f: R -> R such that f(x + f(y)) = f(x) + y for all real x and y. Prove your answer.",
      "Prove that every continuous function on a compact metric space is uniformly continuous.", "Show that the sum of the reciprocals of the primes diverges.",
      "Let ABC be a triangle with incircle touching BC at D. Prove that the incircles of ABD and ACD touch each other.",
      "Prove that sqrt(2) + sqrt(3) is irrational and find its minimal polynomial over Q.", "Determine all positive integers n for which n divides 2^n - 1, with proof.",
      "Prove that any group of order p^2 is abelian, where p is prime.", "Let G be a finite simple graph with minimum degree at least n/2. Prove that G has a Hamiltonian cycle.",
      "Prove the Cauchy-Schwarz inequality in an inner product space and characterise equality.", "Show that for every integer n > 1 the number 1 + 1/2 + ... + 1/n is not an integer.",
      "Find the number of ways to tile a 2 x n board with dominoes and L-trominoes, and prove the recurrence.", "Prove that the polynomial x^4 - 10x^2 + 1 is irreducible over Q.",
      "Suppose f is entire and bounded by |z|^(5/2) for large z. Prove that f is a polynomial and bound its degree.",
      "Let p be an odd prime. Prove that the sum of the quadratic residues modulo p equals p(p-1)/4 when p is 1 mod 4."]),
    ("system design and analysis", {"reasoning": 0.6, "knowledge": 0.2, "code": 0.2}, "hard", 1200,
     ["Design a multi-region event store with exactly-once delivery for 200,000 events a second; discuss the trade-offs and failure modes.",
      "Compare three architectures for a real-time bidding platform with a 50 ms budget, and recommend one with numbers.",
      "Analyse the attached contract clauses for liability risk under German law and propose amendments.", "Build a discounted cash flow model for this company, state each assumption and test the sensitivity.",
      "Plan the migration of a bank's core system from a mainframe to the cloud over three years with no downtime.", "Given these symptoms and laboratory values, give a ranked differential diagnosis with the reasoning for each.",
      "Critically review the methodology of this randomised trial and identify sources of bias.", "Develop an economic argument for and against a wealth tax, with evidence on both sides and a quantified conclusion.",
      "Write a threat model for an OAuth-based mobile banking app and rank the mitigations.", "Derive the optimal inventory policy under stochastic demand with lead time and explain the approximation error."]),
    ("logic puzzles", {"reasoning": 1}, "hard", 700,
     ["Five houses stand in a row, each of a different colour; their owners drink different drinks and keep different pets. Using the clues, who owns the fish?",
      "Three guards each always lie, always tell the truth, or alternate. With two yes-no questions, find the safe door.", "A farmer must cross a river with a wolf, a goat and a cabbage, but the boat has a second leak that allows five trips only. Is it possible?",
      "Seat eight guests at a round table such that no two enemies sit side by side, given this list of enemies; give a seating or prove that there is none.",
      "Twelve coins, one fake of unknown weight difference: find it in three weighings and describe the strategy completely.", "Given the following twenty constraints, schedule the six talks in three rooms."]),
]


CODE = {
    "python": "class InvoiceService:\n    def __init__(self, db, mailer):\n        self.db = db\n        self.mailer = mailer\n        self._cache = {}\n\n    def create(self, customer, lines):\n        total = 0\n        for line in lines:\n            total += line.price * line.count\n        row = self.db.execute('insert into invoices values (?, ?)', (customer.id, total))\n        self.mailer.send(customer.email, 'invoice', row)\n        return row\n",
    "ts": "export class Store {\n  private items: Map<string, any> = new Map()\n  async load(path: string): Promise<void> {\n    const text = await fs.readFile(path, 'utf8')\n    for (const line of text.split('\\n')) {\n      const [key, value] = line.split('=')\n      if (!key) throw new Error('bad line')\n      this.items.set(key, value)\n    }\n  }\n}\n",
    "java": "public class OrderController {\n    private final OrderRepository orders = new OrderRepository();\n    public synchronized Response place(Request request) {\n        Order order = parse(request.body());\n        if (order.lines().isEmpty()) return Response.error(400);\n        orders.save(order);\n        notifyWarehouse(order);\n        return Response.ok(order.id());\n    }\n}\n",
    "go": "func (s *Server) handle(w http.ResponseWriter, r *http.Request) {\n\tvar body map[string]interface{}\n\tif err := json.NewDecoder(r.Body).Decode(&body); err != nil {\n\t\thttp.Error(w, err.Error(), 400)\n\t\treturn\n\t}\n\ts.mu.Lock()\n\ts.state[body[\"id\"].(string)] = body\n\ts.mu.Unlock()\n}\n",
}
CODE_ORDERS = [
    "Refactor this module into small testable units, remove the global state, keep the public API identical and add unit tests.",
    "Find the concurrency bug in this code, fix it and explain why the fix is right.",
    "Rewrite this with dependency injection and proper error types; show the whole file.",
    "Split parsing, storage and I/O into separate layers without changing behaviour, and update all callers.",
    "Review the code below for security and performance problems, then give a full patch.",
]
CODE_GROUP = "refactoring and debugging"


def code_prompts():
    """Orders with real code below them: long prompts whose embedding is mostly code."""
    for order, repeats in zip(CODE_ORDERS, (1, 6, 2, 8, 3)):
        for language, code in CODE.items():
            yield f"{order}\n```{language}\n{code * repeats}```"


def everyday_rows():
    """(label, skills, probability of a good answer, tokens, prompt) for each line."""
    rows = [(label, skills, TIERS[tier], tokens, routing_text(prompt)) for label, skills, tier, tokens, prompts in GROUPS for prompt in prompts]
    skills = next(skills for label, skills, *_ in GROUPS if label == CODE_GROUP)
    return rows + [("code to refactor", skills, TIERS["hard"], 2000, routing_text(prompt)) for prompt in code_prompts()]
