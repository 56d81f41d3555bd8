package org.pekkochannels.example;

import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium, as Debian installs it, without a screen. One for each test class, windows as they are needed. */
final class Browser implements AutoCloseable {
    private static final File CHROMIUM = new File("/usr/bin/chromium");
    private static final File DRIVER = new File("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    // Kept here, as a logger that nobody holds forgets its level. It warns of developer tools that we do not use.
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private final ChromeDriver driver;
    private final String home;

    private Browser() {
        SELENIUM.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER)
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
        home = driver.getWindowHandle();
    }

    /** For {@code @EnabledIf}. */
    static boolean isInstalled() {
        return CHROMIUM.canExecute() && DRIVER.canExecute();
    }

    static Browser start() {
        return new Browser();
    }

    Window open(URI page) {
        driver.switchTo().newWindow(WindowType.WINDOW);
        driver.get(page.toString());
        return new Window(driver.getWindowHandle());
    }

    /** Closes all windows, and forgets what pages kept. */
    void closeWindows() {
        for (String window : driver.getWindowHandles()) {
            if (!window.equals(home)) {
                driver.switchTo().window(window);
                driver.executeScript("localStorage.clear()");
                driver.close();
            }
        }
        driver.switchTo().window(home);
    }

    @Override
    public void close() {
        driver.quit();
    }

    /** One window of the browser; every method brings it to the front first. */
    final class Window {
        private final String handle;

        Window(String handle) {
            this.handle = handle;
        }

        /** Types at whatever has the focus. */
        void type(CharSequence... keys) {
            toFront();
            new Actions(driver).sendKeys(keys).perform();
        }

        void click(String selector) {
            element(selector).click();
        }

        WebElement element(String selector) {
            toFront();
            return driver.findElement(By.cssSelector(selector));
        }

        int count(String selector) {
            toFront();
            return driver.findElements(By.cssSelector(selector)).size();
        }

        List<String> texts(String selector) {
            toFront();
            return driver.findElements(By.cssSelector(selector)).stream()
                    .map(WebElement::getText)
                    .toList();
        }

        String title() {
            toFront();
            return driver.getTitle();
        }

        void waitForText(String selector, String text) {
            waitFor(ExpectedConditions.textToBe(By.cssSelector(selector), text));
        }

        void waitForValue(String selector, String part) {
            waitFor(ExpectedConditions.attributeContains(By.cssSelector(selector), "value", part));
        }

        void waitForCount(String selector, int count) {
            waitFor(ExpectedConditions.numberOfElementsToBe(By.cssSelector(selector), count));
        }

        /** Waits until a script returns {@code true}. */
        void waitForScript(String script) {
            waitFor(ExpectedConditions.jsReturnsValue(script));
        }

        void waitForUrl(String part) {
            waitFor(ExpectedConditions.urlContains(part));
        }

        /** Sets the width and height of the page, without the browser's own bars. */
        void resize(int width, int height) {
            toFront();
            driver.executeCdpCommand(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
            waitForScript("return window.innerWidth === " + width);
        }

        /** By how many pixels the page is wider than its window. */
        long overflow() {
            toFront();
            String script = "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
            return (Long) Objects.requireNonNull(driver.executeScript(script));
        }

        /** Tells the page that it has no network; open connections are not affected. */
        void goOffline(boolean offline) {
            toFront();
            driver.executeCdpCommand("Network.enable", Map.of());
            driver.executeCdpCommand(
                    "Network.emulateNetworkConditions",
                    Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
        }

        void runScript(String script) {
            toFront();
            driver.executeScript(script);
        }

        private <T> void waitFor(ExpectedCondition<T> condition) {
            toFront();
            new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50)).until(condition);
        }

        private void toFront() {
            driver.switchTo().window(handle);
        }
    }
}
