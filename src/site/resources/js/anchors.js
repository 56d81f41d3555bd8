// Gives headings the ids that forges give them, as the pages' links name them: "Write a consumer" is #write-a-consumer.
addEventListener("DOMContentLoaded", () => {
    for (const heading of document.querySelectorAll("#bodyColumn :is(h1, h2, h3)")) {
        heading.id = heading.textContent.trim().toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    }
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
});
